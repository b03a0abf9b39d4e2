import Configuration
import Testing

/// Elements of `publish` with a directory, accepted and refused.
@Suite struct DirectoryTests {
  private static let file = #""files": [{"name": "a"}]"#

  private func destinations(_ publish: String, defaults: String = "") throws -> [Destination] {
    var parts: [Sample.Part: String] = [.publish: publish]
    if !defaults.isEmpty { parts[.more] = #""defaults": {"publish": {\#(defaults)}}"# }
    return try #require(try Sample(parts).decoded().tokens.first?.publish)
  }

  @Test func eachFileIsADestinationBehindTheLink() throws {
    let found = try destinations(
      #"""
      [{"file": "/srv/one"}, {"directory": "/srv/set", "link": "live", "mode": "0640", "group": "edge",
        "allow": ["writable_by_others"], "keep_previous": 3, "files": [{"name": "token"},
        {"name": ".env", "format": "env", "key": "K"}, {"name": "x y", "format": "template", "template": "/t"}]}]
      """#)
    func file(_ name: String, _ format: Destination.Format, key: String? = nil, template: String? = nil)
      -> Destination
    {
      Destination(
        file: "/srv/set/live/\(name)", format: format, key: key, template: template, mode: 0o640,
        group: "edge", allow: [.writableByOthers], keepPrevious: 3, isBehindLink: true)
    }
    #expect(
      found == [
        Destination(file: "/srv/one"), file("token", .raw), file(".env", .env, key: "K"),
        file("x y", .template, template: "/t"),
      ])
    #expect(found.map(\.link) == [nil, "/srv/set/live", "/srv/set/live", "/srv/set/live"])
    #expect(found.map(\.replaced) == ["/srv/one"] + Array(repeating: "/srv/set/live", count: 3))
  }

  @Test func defaultsHoldForTheDirectoryAndItsFiles() throws {
    let found = try destinations(
      "[{\"directory\": \"/srv\", \(Self.file)}]",
      defaults: #""format": "json", "mode": "0440", "group": "g", "keep_previous": 1"#)
    #expect(
      found == [
        Destination(
          file: "/srv/current/a", format: .json, key: "token", mode: 0o440, group: "g", keepPrevious: 1,
          isBehindLink: true)
      ])
  }

  @Test func filesOfOneDirectoryAreReplacedAtOnceAndOthersByThemselves() throws {
    let entry = try Sample([
      .publish: #"""
      [{"directory": "/srv", "files": [{"name": "a"}, {"name": "b"}]}, {"file": "/srv/c"},
        {"directory": "/srv", "link": "other", "files": [{"name": "a", "format": "credential"}]}]
      """#
    ]).decoded().tokens[0]
    #expect(
      entry.groups.map { $0.destinations.map(\.file) } == [
        ["/srv/current/a", "/srv/current/b"], ["/srv/c"], ["/srv/other/a"],
      ])
    #expect(entry.groups.map(\.link) == ["/srv/current", nil, "/srv/other"])
    #expect(entry.groups.map(\.needsEncryption) == [false, false, true])
  }

  private static let refusals: [Refusal] = [
    Refusal(
      [.publish: #"[{"directory": "/srv"}]"#], #"7:13: tokens[0].publish[0]: "files" is missing"#),
    Refusal(
      [.publish: "[{\(file)}]"], #"7:13: tokens[0].publish[0]: "directory" is missing"#),
    Refusal(
      [.publish: #"[{"link": "x"}]"#], #"7:13: tokens[0].publish[0]: "directory" is missing"#,
      #"7:13: tokens[0].publish[0]: "files" is missing"#),
    Refusal(
      [.publish: "[{\"directory\": \"srv\", \(file)}]"],
      #"7:27: tokens[0].publish[0].directory: "srv" is not an absolute path"#),
    Refusal(
      [.publish: "[{\"directory\": \"/var/lib/tokenroll\", \(file)}]"],
      #"7:13: tokens[0].publish[0]: "/var/lib/tokenroll/current" is in the state directory, "/var/lib/tokenroll"; publish elsewhere"#,
      #"7:68: tokens[0].publish[0].files[0].name: "/var/lib/tokenroll/current/a" is in the state directory, "/var/lib/tokenroll"; publish elsewhere"#
    ),
    Refusal(
      [.publish: "[{\"directory\": \"/srv\", \"link\": \"a/b\", \(file)}]"],
      #"7:43: tokens[0].publish[0].link: "a/b" is not the name of a link: 1 to 64 bytes without "/""#),
    Refusal(
      [.publish: "[{\"directory\": \"/srv\", \"link\": \"..\", \(file)}]"],
      #"7:43: tokens[0].publish[0].link: ".." is not the name of a link: 1 to 64 bytes without "/""#),
    Refusal(
      [.publish: "[{\"directory\": \"/srv\", \"link\": \"\(String(repeating: "l.", count: 33))\", \(file)}]"],
      "7:43: tokens[0].publish[0].link: \"\(String(repeating: "l.", count: 30))…\" is longer than 64 bytes"),
    Refusal(
      [.publish: "[{\"directory\": \"/srv\", \"owner\": \"app\", \(file)}]"],
      #"7:35: tokens[0].publish[0].owner: this key is not known; known here: directory, link, files, mode, group, allow, keep_previous"#
    ),
    Refusal(
      [
        .publish: "[{\"directory\": \"/srv\", \(file)}]",
        .more: #""defaults": {"publish": {"owner": "app"}}"#,
      ],
      #"7:13: tokens[0].publish[0]: a directory belongs to the service, and "defaults" has an "owner"; take it out there, and use "group" here"#
    ),
    Refusal(
      [.publish: "[{\"directory\": \"/srv\", \"mode\": \"0644\", \(file)}]"],
      #"7:43: tokens[0].publish[0].mode: "0644" gives rights to others; write e.g. "0600" or "0640""#),
    Refusal(
      [.publish: #"[{"directory": "/srv", "files": []}]"#],
      #"7:44: tokens[0].publish[0].files: at least one file is needed"#),
    Refusal(
      [.publish: #"[{"directory": "/srv", "files": "a"}]"#],
      #"7:44: tokens[0].publish[0].files: must be an array of files, not a string"#),
    Refusal(
      [
        .publish:
          "[{\"directory\": \"/srv\", \"files\": [\((0...100).map { "{\"name\": \"\($0)\"}" }.joined(separator: ","))]}]"
      ], #"7:44: tokens[0].publish[0].files: there are 101 files; at most 100 are accepted"#),
    Refusal(
      [.publish: #"[{"directory": "/srv", "files": [{}]}]"#],
      #"7:45: tokens[0].publish[0].files[0]: "name" is missing"#),
    Refusal(
      [.publish: #"[{"directory": "/srv", "files": [{"name": "a/b"}]}]"#],
      #"7:54: tokens[0].publish[0].files[0].name: "a/b" is not the name of a file: 1 to 255 bytes without "/""#
    ),
    Refusal(
      [.publish: #"[{"directory": "/srv", "files": [{"name": "a"}, {"name": "a"}]}]"#],
      #"7:69: tokens[0].publish[0].files[1].name: "/srv/current/a" is written by tokens[0].publish[0] already"#
    ),
    Refusal(
      [.publish: #"[{"directory": "/srv", "files": [{"name": "a", "mode": "0600"}]}]"#],
      #"7:59: tokens[0].publish[0].files[0].mode: this key is not known; known here: name, format, key, template"#
    ),
    Refusal(
      [.publish: #"[{"directory": "/srv", "files": [{"name": "a", "key": "K"}]}]"#],
      #"7:66: tokens[0].publish[0].files[0].key: only the formats "env" and "json" have a key, not "raw""#),
    Refusal(
      [.publish: #"[{"directory": "/srv", "files": [{"name": "a", "format": "template"}]}]"#],
      #"7:45: tokens[0].publish[0].files[0]: "template" is missing, the file that the format "template" fills in"#
    ),
    Refusal(
      [.publish: #"[{"directory": "/srv", "files": [{"name": "a:b", "format": "credential"}]}]"#],
      #"7:54: tokens[0].publish[0].files[0].name: "a:b" is not the name of a credential: 1 to 255 printable ASCII characters, neither "/" nor ":"; the file's name is the credential's too"#
    ),
    Refusal(
      [
        .publish:
          #"[{"directory": "/srv", "keep_previous": 1, "files": [{"name": "a", "format": "credential"}]}]"#
      ],
      #"7:52: tokens[0].publish[0].keep_previous: the format "credential" keeps no former contents; leave this out"#
    ),
    Refusal(
      [.publish: "[{\"file\": \"/srv/current\"}, {\"directory\": \"/srv\", \(file)}]"],
      #"7:39: tokens[0].publish[1]: "/srv/current" is written by tokens[0].publish[0] already"#),
    Refusal(
      [.publish: "[{\"directory\": \"/srv\", \(file)}, {\"directory\": \"/srv\", \(file)}]"],
      #"7:62: tokens[0].publish[1]: "/srv/current" is written by tokens[0].publish[0] already"#,
      #"7:103: tokens[0].publish[1].files[0].name: "/srv/current/a" is written by tokens[0].publish[0] already"#
    ),
    Refusal(
      [.publish: "[{\"directory\": \"/srv\", \(file)}, {\"file\": \"/srv/current/b\"}]"],
      #"7:13: tokens[0].publish[0]: "/srv/current" leads to another directory after each roll, and tokens[0].publish[1] writes "/srv/current/b""#
    ),
    Refusal(
      [.publish: "[{\"file\": \"/srv/l/b\"}, {\"directory\": \"/srv\", \"link\": \"l\", \(file)}]"],
      #"7:65: tokens[0].publish[1].link: "/srv/l" leads to another directory after each roll, and tokens[0].publish[0] writes "/srv/l/b""#
    ),
    Refusal(
      [.publish: "[{\"directory\": \"/srv\", \(file)}, {\"directory\": \"/srv/current\", \(file)}]"],
      #"7:13: tokens[0].publish[0]: "/srv/current" leads to another directory after each roll, and tokens[0].publish[1] writes "/srv/current/current""#
    ),
    Refusal(
      [
        .publish:
          "[{\"file\": \"/srv/current.2\"}, {\"directory\": \"/srv\", \"keep_previous\": 1, \(file)}]"
      ],
      #"7:41: tokens[0].publish[1]: "/srv/current.2" is written by tokens[0].publish[0], so no former content can be kept there (keep_previous)"#
    ),
    Refusal(
      [.publish: "[{\"directory\": \"/etc/tokenroll\", \"link\": \"main\", \(file)}]"],
      #"7:53: tokens[0].publish[0].link: "/etc/tokenroll/main" is the file of credential "main", which a roll would overwrite"#
    ),
    Refusal(
      [.publish: "[{\"directory\": \"/srv\", \"file\": \"/srv/x\", \(file)}]"],
      #"7:14: tokens[0].publish[0].directory: this key is not known; known here: file, format, key, template, name, mode, owner, group, allow, keep_previous"#,
      #"7:53: tokens[0].publish[0].files: this key is not known; did you mean "file"?"#),
  ]

  @Test(arguments: refusals) func isRefused(_ refusal: Refusal) {
    #expect(refusal.found == refusal.expected)
  }
}
