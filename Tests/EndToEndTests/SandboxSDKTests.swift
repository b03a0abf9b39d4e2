import Glibc
import TestSupport
import Testing

/// Runs the official Python SDK, unchanged, against the sandbox.
@Suite struct SandboxSDKTests {
  /// An interpreter that has the package `cloudflare`; nil where there is none.
  static let interpreter: String? = {
    let named = getenv("TOKENROLL_SDK_PYTHON").map { String(cString: $0) }
    let python = named ?? "python3"
    let result = try? TestProcess.run(python, ["-c", "import cloudflare"])
    return result?.status == 0 ? python : nil
  }()

  @Test(
    .enabled(if: Self.interpreter != nil, "TOKENROLL_SDK_PYTHON names no Python with the package cloudflare"))
  func theOfficialSDKWorksUnchanged() throws {
    let python = try #require(Self.interpreter)
    let sandbox = try SandboxUnderTest()
    let credential = try sandbox.token("credential")
    let result = try TestProcess.run(
      python, ["-B", Repository.path("Tests/EndToEndTests/sdk_check.py")],
      input: "\(sandbox.base)\n\(credential.account)\n\(credential.secret)\n")
    #expect(result.status == 0, "\(result.errorText)")
    #expect(result.outputText == "every call of the SDK works\n")
  }
}
