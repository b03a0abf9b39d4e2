import JSON

/// What `tokenroll doctor`, or `tokenroll audit`, said.
struct Diagnosis {
  /// One line of it.
  struct Finding: Equatable {
    let verdict: String
    let subject: String
    let text: String
    let cure: String
  }

  let status: Int32
  let findings: [Finding]

  /// Runs the command for the configuration of `workspace`; `unitPath` is where units are looked for.
  init(
    _ workspace: Workspace, _ options: [String] = [], through: [String] = [],
    unitPath: String = "/nonexistent", command name: String = "doctor"
  ) throws {
    let command =
      ["SYSTEMD_UNIT_PATH=\(unitPath)"] + through
      + [try TestProcess.product("tokenroll"), name, "--json", "--config", workspace.configurationFile]
    let result = try TestProcess.run("env", command + options)
    status = result.status
    guard let nodes = try JSONDocument(parsing: result.output).root["findings"]?.elements else {
      throw TestFailure("no findings: \(result.outputText)\(result.errorText)")
    }
    findings = nodes.map { node in
      Finding(
        verdict: node["verdict"]?.string ?? "", subject: node["subject"]?.string ?? "",
        text: node["text"]?.string ?? "", cure: node["cure"]?.string ?? "")
    }
  }

  /// The findings with this verdict.
  func found(_ verdict: String) -> [Finding] { findings.filter { $0.verdict == verdict } }

  /// The lines about `subject`, as "fail text".
  func lines(_ subject: String) -> [String] {
    findings.filter { $0.subject == subject }.map { "\($0.verdict) \($0.text)" }
  }
}
