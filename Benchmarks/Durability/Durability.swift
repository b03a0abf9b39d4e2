internal import Core
internal import Dispatch
internal import Glibc
internal import Platform
internal import Store

/// How long a new secret takes from memory to durable in escrow, beside the least that any program has to do for it:
/// write, fsync, rename, fsync of the directory, on the same file system, in turn.
///
/// With a number of threads: the least that any program has to do for all the files of a roll, in so many threads side by side.
@main
struct Durability {
  private static let secret = Array(repeating: UInt8(ascii: "s"), count: 53)

  static func main() throws {
    let numbers = CommandLine.arguments.dropFirst(2).compactMap { Int($0) }.filter { $0 > 0 }
    guard (1...2).contains(numbers.count), numbers.count == CommandLine.arguments.count - 2 else {
      print("usage: durability-benchmark DIRECTORY ROUNDS [THREADS]")
      exit(64)
    }
    let directory = CommandLine.arguments[1]
    if numbers.count == 1 {
      try compareEscrow(directory, rounds: numbers[0])
    } else {
      try writeSideBySide(directory, rounds: numbers[0], threads: numbers[1])
    }
  }

  private static func compareEscrow(_ directory: String, rounds: Int) throws {
    let escrow = Escrow(stateDirectory: directory)
    try escrow.create()
    var ours: [Int64] = []
    var bare: [Int64] = []
    for _ in 0..<rounds {
      // What preflight has done before the answer comes.
      let roll = RollID.random()
      let prepared = try escrow.prepare(roll, entry: "entry", token: "token")
      ours.append(try time { _ = try secret.withUnsafeBytes { try prepared.commit($0) } })
      try escrow.erase(escrow.path(of: roll, entry: "entry", token: "token"))
      bare.append(try time { try writeBare("bare", in: directory) })
    }
    let (mine, least) = (ours.sorted()[rounds / 2], bare.sorted()[rounds / 2])
    print("escrow, median of \(rounds): \(mine) us")
    print("bare write, fsync, rename, fsync of the directory: \(least) us")
    let ratio = Double(mine) / Double(least)
    print("ratio \((ratio * 100).rounded() / 100) (limit 1.5)")
  }

  /// Each round is an escrow and a destination, written as `writeBare` does, and the erasing of the escrow.
  private static func writeSideBySide(_ directory: String, rounds: Int, threads: Int) throws {
    for part in ["escrow", "published"] { mkdir("\(directory)/\(part)", 0o700) }
    let group = DispatchGroup()
    let took = time {
      for thread in 0..<threads {
        // Queues of their own, for a concurrent one has no more threads than there are processors.
        DispatchQueue(label: "thread \(thread)").async(group: group) {
          for round in stride(from: thread, to: rounds, by: threads) {
            do throws(SystemError) {
              try writeBare("\(round)", in: directory + "/escrow")
              try writeBare("\(round)", in: directory + "/published")
              try eraseBare("\(round)", in: directory + "/escrow")
            } catch {
              print(error)
              exit(1)
            }
          }
        }
      }
      group.wait()
    }
    print("\(Double(took / Int64(rounds)) / 1_000)")
  }

  private static func time(_ body: () throws -> Void) rethrows -> Int64 {
    let clock = SystemClock()
    let start = clock.bootTime
    try body()
    return (clock.bootTime - start).microseconds
  }

  private static func writeBare(_ name: String, in directory: String) throws(SystemError) {
    let (temporary, target) = ("\(directory)/\(name).tmp", "\(directory)/\(name)")
    try putSecret(in: temporary, O_CREAT | O_TRUNC) { file in
      let names = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      defer { close(names) }
      return fsync(file) == 0 && rename(temporary, target) == 0 && fsync(names) == 0
    }
  }

  private static func eraseBare(_ name: String, in directory: String) throws(SystemError) {
    let target = "\(directory)/\(name)"
    try putSecret(in: target, 0) { file in fdatasync(file) == 0 && unlink(target) == 0 }
  }

  /// Writes the secret to `path`, and has `finish` do the rest with the open file.
  private static func putSecret(
    in path: String, _ flags: Int32, finish: (Int32) -> Bool
  ) throws(SystemError) {
    let file = open(path, O_WRONLY | O_CLOEXEC | flags, 0o600)
    defer { close(file) }
    guard write(file, secret, secret.count) == secret.count, finish(file) else {
      throw SystemError("cannot make durable", path, code: errno)
    }
  }
}
