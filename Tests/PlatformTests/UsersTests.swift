import Glibc
import Platform
import Testing

@Suite struct UsersTests {
  @Test(
    arguments: [("root", 0), ("0", 0), ("12345", 12_345), ("4294967294", 4_294_967_294)] as [(String, UInt32)]
  )
  func namesAndNumbersAreFound(name: String, number: UInt32) throws {
    #expect(try Users.userID(name) == number)
    #expect(try Users.groupID(name) == number)
  }

  @Test(arguments: ["", "no such name", "4294967295", "99999999999", "-1", "ro\0ot"])
  func othersAreRefusedWithTheirName(name: String) {
    #expect(throws: SystemError.self) { try Users.userID(name) }
    #expect(throws: SystemError.self) { try Users.groupID(name) }
  }

  @Test func refusalSaysWhatToDo() {
    do {
      _ = try Users.groupID("no-such-group")
      Issue.record("found")
    } catch {
      #expect(
        error.description
          == "cannot find group \"no-such-group\": the system has no such group; see getent(1)")
    }
  }
}

@Suite struct RandomBytesTests {
  @Test(arguments: [0, 1, 8, 1_000]) func asManyAsAskedForAndNotTheSameTwice(count: Int) throws {
    let one = try RandomBytes.array(count: count)
    #expect(one.count == count)
    if count >= 8 { #expect(try one != RandomBytes.array(count: count)) }
  }

  @Test func hexadecimalDigitsAreLowerCase() throws {
    let text = try RandomBytes.hexadecimal(count: 100)
    #expect(text.count == 200)
    #expect(text.allSatisfy { "0123456789abcdef".contains($0) })
  }

  #if DEBUG
    @Test func shortAnswersAreContinued() throws {
      let faults = SyscallFaults(.init(.getrandom, .transfers(atMost: 3), times: .max))
      let bytes = try SyscallFaults.$current.withValue(faults) { try RandomBytes.array(count: 100) }
      #expect(bytes.suffix(60).contains { $0 != 0 })
      #expect(faults.count(of: .getrandom) == 34)
    }
  #endif
}

@Suite struct FileSystemKindTests {
  @Test func memoryIsToldFromDisk() throws {
    #expect(try FileSystemKind.of("/dev/shm") == .volatile)
    #expect(try FileSystemKind.of("/proc") == .lasting)
  }
}
