import Glibc
import Platform
import Testing

@Suite struct SystemErrorTests {
  @Test(arguments: [
    (
      SystemError("cannot create", "/srv/x", code: EACCES, context: "the directory has mode 0755"),
      "cannot create /srv/x: permission denied (EACCES); the directory has mode 0755"
    ),
    (SystemError("cannot read", "/srv/x", code: EIO), "cannot read /srv/x: input/output error (EIO)"),
    (SystemError("cannot fork", code: ENOSYS), "cannot fork: function not implemented (ENOSYS)"),
    (
      SystemError("cannot use", "/x", code: 0, context: "it is a directory"),
      "cannot use /x: it is a directory"
    ),
    (SystemError("cannot use", "/x", code: 4_711), "cannot use /x: error 4711"),
    (SystemError("cannot use", "/x", code: ENOSPC), "cannot use /x: no space left on device (ENOSPC)"),
    (SystemError("cannot use", "/x", code: EXDEV), "cannot use /x: invalid cross-device link (EXDEV)"),
    (SystemError("cannot use", "/x", code: ESRMNT), "cannot use /x: srmount error (ESRMNT)"),
    (SystemError("cannot use", "/x", code: EL2HLT), "cannot use /x: level 2 halted (EL2HLT)"),
  ])
  func descriptionIsASentenceWithNameAndCause(error: SystemError, text: String) {
    #expect(error.description == text)
  }
}
