internal import Core
internal import Glibc
internal import Platform
internal import Store

/// How long a new secret takes from memory to durable in escrow, beside the least that any program has to do for it:
/// write, fsync, rename, fsync of the directory, on the same file system, in turn.
@main
struct Durability {
  static func main() throws {
    guard CommandLine.arguments.count == 3, let rounds = Int(CommandLine.arguments[2]), rounds > 0 else {
      print("usage: durability-benchmark DIRECTORY ROUNDS")
      exit(64)
    }
    let directory = CommandLine.arguments[1]
    let escrow = Escrow(stateDirectory: directory)
    try escrow.create()
    let secret = Array(repeating: UInt8(ascii: "s"), count: 53)
    var ours: [Int64] = []
    var bare: [Int64] = []
    for _ in 0..<rounds {
      // What preflight has done before the answer comes.
      let roll = RollID.random()
      let prepared = try escrow.prepare(roll, entry: "entry", token: "token")
      ours.append(try time { _ = try secret.withUnsafeBytes { try prepared.commit($0) } })
      try escrow.erase(escrow.path(of: roll, entry: "entry", token: "token"))
      bare.append(try time { try writeBare(secret, directory) })
    }
    let (mine, least) = (ours.sorted()[rounds / 2], bare.sorted()[rounds / 2])
    print("escrow, median of \(rounds): \(mine) us")
    print("bare write, fsync, rename, fsync of the directory: \(least) us")
    let ratio = Double(mine) / Double(least)
    print("ratio \((ratio * 100).rounded() / 100) (limit 1.5)")
  }

  private static func time(_ body: () throws -> Void) rethrows -> Int64 {
    let clock = SystemClock()
    let start = clock.bootTime
    try body()
    return (clock.bootTime - start).microseconds
  }

  private static func writeBare(_ bytes: [UInt8], _ directory: String) throws {
    let temporary = directory + "/bare.tmp"
    let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    defer { close(file) }
    let names = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { close(names) }
    let target = directory + "/bare"
    guard write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0, rename(temporary, target) == 0,
      fsync(names) == 0
    else { throw SystemError("cannot write", target, code: errno) }
  }
}
