import Testing

/// `publish`, an entry's and that of the defaults. Each refusal, with the place, the path and the words.
@Suite struct DestinationRefusalTests {
  private static let refusals: [Refusal] = [
    Refusal([.publish: #"{}"#], #"7:12: tokens[0].publish: must be an array of destinations, not an object"#),
    Refusal([.publish: #""x""#], #"7:12: tokens[0].publish: must be an array of destinations, not a string"#),
    Refusal([.publish: #"[]"#], #"7:12: tokens[0].publish: at least one destination is needed"#),
    Refusal([.publish: #"["/srv/x"]"#], #"7:13: tokens[0].publish[0]: must be an object, not a string"#),
    Refusal([.publish: #"[{}]"#], #"7:13: tokens[0].publish[0]: "file" is missing"#),
    Refusal(
      [.publish: #"[{"file": 5}]"#], #"7:22: tokens[0].publish[0].file: must be a string, not a number"#),
    Refusal([.publish: #"[{"file": ""}]"#], #"7:22: tokens[0].publish[0].file: "" is not an absolute path"#),
    Refusal(
      [.publish: #"[{"file": "srv/x"}]"#],
      #"7:22: tokens[0].publish[0].file: "srv/x" is not an absolute path"#),
    Refusal(
      [.publish: #"[{"file": "./x"}]"#], #"7:22: tokens[0].publish[0].file: "./x" is not an absolute path"#),
    Refusal([.publish: #"[{"file": "/"}]"#], #"7:22: tokens[0].publish[0].file: "/" ends with a slash"#),
    Refusal(
      [.publish: #"[{"file": "/srv/"}]"#], #"7:22: tokens[0].publish[0].file: "/srv/" ends with a slash"#),
    Refusal(
      [.publish: #"[{"file": "/srv//x"}]"#],
      #"7:22: tokens[0].publish[0].file: "/srv//x" has an empty component"#),
    Refusal(
      [.publish: #"[{"file": "//srv/x"}]"#],
      #"7:22: tokens[0].publish[0].file: "//srv/x" has an empty component"#),
    Refusal(
      [.publish: #"[{"file": "/srv/./x"}]"#],
      #"7:22: tokens[0].publish[0].file: "/srv/./x" has the component ".""#),
    Refusal(
      [.publish: #"[{"file": "/srv/../x"}]"#],
      #"7:22: tokens[0].publish[0].file: "/srv/../x" has the component "..""#),
    Refusal(
      [.publish: #"[{"file": "/.."}]"#], #"7:22: tokens[0].publish[0].file: "/.." has the component "..""#),
    Refusal(
      [.publish: #"[{"file": "/srv/x\u0000y"}]"#],
      #"7:22: tokens[0].publish[0].file: "/srv/x\u0000y" has a control character"#),
    Refusal(
      [.publish: #"[{"file": "/srv/x\n"}]"#],
      #"7:22: tokens[0].publish[0].file: "/srv/x\n" has a control character"#),
    Refusal(
      [.publish: #"[{"file": "/srv//x\n"}]"#],
      #"7:22: tokens[0].publish[0].file: "/srv//x\n" has a control character"#),
    Refusal(
      [.publish: #"[{"file": "/é/."}]"#], #"7:22: tokens[0].publish[0].file: "/é/." has the component ".""#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": 1}]"#],
      #"7:42: tokens[0].publish[0].format: must be one of "raw", "env", "json", "r2-env", "r2-json", "template", "credential", not a number"#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": "yaml"}]"#],
      #"7:42: tokens[0].publish[0].format: "yaml" is none of "raw", "env", "json", "r2-env", "r2-json", "template", "credential""#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": "JSON"}]"#],
      #"7:42: tokens[0].publish[0].format: "JSON" is none of "raw", "env", "json", "r2-env", "r2-json", "template", "credential"; did you mean "json"?"#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": "r2"}]"#],
      #"7:42: tokens[0].publish[0].format: "r2" is none of "raw", "env", "json", "r2-env", "r2-json", "template", "credential""#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": "dotenv"}]"#],
      #"7:42: tokens[0].publish[0].format: "dotenv" is none of "raw", "env", "json", "r2-env", "r2-json", "template", "credential""#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "key": "A"}]"#],
      #"7:39: tokens[0].publish[0].key: only the formats "env" and "json" have a key, not "raw""#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": "raw", "key": "A"}]"#],
      #"7:56: tokens[0].publish[0].key: only the formats "env" and "json" have a key, not "raw""#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": "r2-env", "key": "A"}]"#],
      #"7:59: tokens[0].publish[0].key: only the formats "env" and "json" have a key, not "r2-env""#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": "r2-json", "key": "A"}]"#],
      #"7:60: tokens[0].publish[0].key: only the formats "env" and "json" have a key, not "r2-json""#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": "template"}]"#],
      #"7:13: tokens[0].publish[0]: "template" is missing, the file that the format "template" fills in"#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "template": "/etc/x.tmpl"}]"#],
      #"7:44: tokens[0].publish[0].template: only the format "template" has a template, not "raw""#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": "template", "template": "x.tmpl"}]"#],
      #"7:66: tokens[0].publish[0].template: "x.tmpl" is not an absolute path"#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": "template", "template": 5}]"#],
      #"7:66: tokens[0].publish[0].template: must be a string, not a number"#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": "template", "template": "/etc/tokenroll/main"}]"#],
      #"7:66: tokens[0].publish[0].template: "/etc/tokenroll/main" is the file of credential "main", and no template"#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": "template", "template": "/srv/x"}]"#],
      #"7:66: tokens[0].publish[0].template: "/srv/x" is written by tokens[0].publish[0], and no template"#),
    Refusal(
      [
        .publish:
          #"[{"file": "/srv/x", "format": "template", "template": "/srv/t"}, {"file": "/srv/t"}]"#
      ],
      #"7:86: tokens[0].publish[1].file: "/srv/t" is the template of tokens[0].publish[0], which a roll would overwrite"#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": "template", "template": "/etc/t", "key": "A"}]"#],
      #"7:83: tokens[0].publish[0].key: only the formats "env" and "json" have a key, not "template""#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": "credential", "key": "A"}]"#],
      #"7:63: tokens[0].publish[0].key: only the formats "env" and "json" have a key, not "credential""#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "name": "A"}]"#],
      #"7:40: tokens[0].publish[0].name: only the format "credential" has a name, not "raw""#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": "credential", "name": 1}]"#],
      #"7:64: tokens[0].publish[0].name: must be a string, not a number"#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": "credential", "name": ""}]"#],
      #"7:64: tokens[0].publish[0].name: "" is not the name of a credential: 1 to 255 printable ASCII characters, neither "/" nor ":""#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": "credential", "name": "a/b"}]"#],
      #"7:64: tokens[0].publish[0].name: "a/b" is not the name of a credential: 1 to 255 printable ASCII characters, neither "/" nor ":""#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": "credential", "name": "a\nb"}]"#],
      #"7:64: tokens[0].publish[0].name: "a\nb" is not the name of a credential: 1 to 255 printable ASCII characters, neither "/" nor ":""#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": "credential", "name": ".."}]"#],
      #"7:64: tokens[0].publish[0].name: ".." is not the name of a credential: 1 to 255 printable ASCII characters, neither "/" nor ":""#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": "credential", "name": "tokenroll-escrow.x"}]"#],
      #"7:64: tokens[0].publish[0].name: "tokenroll-escrow.x" is a name of the escrow: no credential's may begin with "tokenroll-escrow.""#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/tokenroll-escrow.x", "format": "credential"}]"#],
      #"7:13: tokens[0].publish[0]: the file's name, "tokenroll-escrow.x", is a name of the escrow: no credential's may begin with "tokenroll-escrow."; give the credential another with "name""#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/a:b", "format": "credential"}]"#],
      #"7:13: tokens[0].publish[0]: the file's name, "a:b", is not the name of a credential: 1 to 255 printable ASCII characters, neither "/" nor ":"; give the credential another with "name""#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "keep_previous": 11}]"#],
      #"7:49: tokens[0].publish[0].keep_previous: must be a whole number from 0 to 10"#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": "credential", "keep_previous": 2}]"#],
      #"7:73: tokens[0].publish[0].keep_previous: the format "credential" keeps no former contents; leave this out"#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "keep_previous": "2"}]"#],
      #"7:49: tokens[0].publish[0].keep_previous: must be a whole number, not a string"#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "keep_previous": 1}, {"file": "/srv/x.10"}]"#],
      #"7:62: tokens[0].publish[1].file: "/srv/x.10" is where tokens[0].publish[0] keeps a former content (keep_previous)"#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x.1"}, {"file": "/srv/x", "keep_previous": 0}]"#],
      #"7:44: tokens[0].publish[1].file: "/srv/x.1" is written by tokens[0].publish[0], so no former content can be kept there (keep_previous)"#
    ),
    Refusal(
      [
        .publish: #"[{"file": "/srv/x"}]"#, .credentials: #"{"main": {"file": "/srv/x.3"}}"#,
        .more: #""defaults": {"publish": {"keep_previous": 1}}"#,
      ],
      #"7:22: tokens[0].publish[0].file: "/srv/x.3" is the file of credential "main", so no former content can be kept there (keep_previous)"#
    ),
    Refusal(
      [
        .publish:
          #"[{"file": "/srv/x", "keep_previous": 1}, {"file": "/srv/y", "format": "template", "template": "/srv/x.2"}]"#
      ],
      #"7:106: tokens[0].publish[1].template: "/srv/x.2" is where tokens[0].publish[0] keeps a former content (keep_previous), and no template"#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": "env", "key": 1}]"#],
      #"7:56: tokens[0].publish[0].key: must be a string, not a number"#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": "env", "key": ""}]"#],
      #"7:56: tokens[0].publish[0].key: "" is not the name of a variable: letters, digits and "_", no digit first, 255 at most"#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": "env", "key": "1A"}]"#],
      #"7:56: tokens[0].publish[0].key: "1A" is not the name of a variable: letters, digits and "_", no digit first, 255 at most"#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": "env", "key": "A-B"}]"#],
      #"7:56: tokens[0].publish[0].key: "A-B" is not the name of a variable: letters, digits and "_", no digit first, 255 at most"#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": "env", "key": "A B"}]"#],
      #"7:56: tokens[0].publish[0].key: "A B" is not the name of a variable: letters, digits and "_", no digit first, 255 at most"#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": "env", "key": "Ä"}]"#],
      #"7:56: tokens[0].publish[0].key: "Ä" is not the name of a variable: letters, digits and "_", no digit first, 255 at most"#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": "env", "key": "A=B"}]"#],
      #"7:56: tokens[0].publish[0].key: "A=B" is not the name of a variable: letters, digits and "_", no digit first, 255 at most"#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": "json", "key": ""}]"#],
      #"7:57: tokens[0].publish[0].key: "" is not a key of 1 to 255 bytes"#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": "json", "key": "token_id"}]"#],
      #"7:57: tokens[0].publish[0].key: "token_id" is a key that the file has anyway; choose another for the secret"#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": "json", "key": "account_id"}]"#],
      #"7:57: tokens[0].publish[0].key: "account_id" is a key that the file has anyway; choose another for the secret"#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": "json", "key": "rolled_at"}]"#],
      #"7:57: tokens[0].publish[0].key: "rolled_at" is a key that the file has anyway; choose another for the secret"#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "format": "json", "key": null}]"#],
      #"7:57: tokens[0].publish[0].key: must be a string, not null"#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "mode": 640}]"#],
      #"7:40: tokens[0].publish[0].mode: must be a string of octal digits, such as "0640", not a number"#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "mode": 416}]"#],
      #"7:40: tokens[0].publish[0].mode: must be a string of octal digits, such as "0640", not a number"#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "mode": "rw-r-----"}]"#],
      #"7:40: tokens[0].publish[0].mode: "rw-r-----" is not a mode of three or four octal digits, such as "0640""#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "mode": "0o640"}]"#],
      #"7:40: tokens[0].publish[0].mode: "0o640" is not a mode of three or four octal digits, such as "0640""#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "mode": "64"}]"#],
      #"7:40: tokens[0].publish[0].mode: "64" is not a mode of three or four octal digits, such as "0640""#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "mode": "06400"}]"#],
      #"7:40: tokens[0].publish[0].mode: "06400" is not a mode of three or four octal digits, such as "0640""#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "mode": "0680"}]"#],
      #"7:40: tokens[0].publish[0].mode: "0680" is not a mode of three or four octal digits, such as "0640""#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "mode": ""}]"#],
      #"7:40: tokens[0].publish[0].mode: "" is not a mode of three or four octal digits, such as "0640""#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "mode": "+640"}]"#],
      #"7:40: tokens[0].publish[0].mode: "+640" is not a mode of three or four octal digits, such as "0640""#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "mode": "4600"}]"#],
      #"7:40: tokens[0].publish[0].mode: "4600" sets the set-user-ID, set-group-ID or sticky bit; write e.g. "0600" or "0640""#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "mode": "2640"}]"#],
      #"7:40: tokens[0].publish[0].mode: "2640" sets the set-user-ID, set-group-ID or sticky bit; write e.g. "0600" or "0640""#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "mode": "1600"}]"#],
      #"7:40: tokens[0].publish[0].mode: "1600" sets the set-user-ID, set-group-ID or sticky bit; write e.g. "0600" or "0640""#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "mode": "0644"}]"#],
      #"7:40: tokens[0].publish[0].mode: "0644" gives rights to others; write e.g. "0600" or "0640""#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "mode": "0642"}]"#],
      #"7:40: tokens[0].publish[0].mode: "0642" gives rights to others; write e.g. "0600" or "0640""#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "mode": "0641"}]"#],
      #"7:40: tokens[0].publish[0].mode: "0641" gives rights to others; write e.g. "0600" or "0640""#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "mode": "0700"}]"#],
      #"7:40: tokens[0].publish[0].mode: "0700" lets the file be executed; write e.g. "0600" or "0640""#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "mode": "0650"}]"#],
      #"7:40: tokens[0].publish[0].mode: "0650" lets the file be executed; write e.g. "0600" or "0640""#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "mode": "0755"}]"#],
      #"7:40: tokens[0].publish[0].mode: "0755" gives rights to others; write e.g. "0600" or "0640""#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "mode": "0040"}]"#],
      #"7:40: tokens[0].publish[0].mode: "0040" does not let the owner read; write e.g. "0600" or "0640""#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "mode": "0000"}]"#],
      #"7:40: tokens[0].publish[0].mode: "0000" does not let the owner read; write e.g. "0600" or "0640""#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "mode": "0200"}]"#],
      #"7:40: tokens[0].publish[0].mode: "0200" does not let the owner read; write e.g. "0600" or "0640""#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "owner": 1000}]"#],
      #"7:41: tokens[0].publish[0].owner: must be the name or number of a user, in quotation marks, not a number"#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "owner": ""}]"#],
      #"7:41: tokens[0].publish[0].owner: "" is not the name or number of a user"#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "owner": "a b"}]"#],
      #"7:41: tokens[0].publish[0].owner: "a b" is not the name or number of a user"#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "owner": "1a"}]"#],
      #"7:41: tokens[0].publish[0].owner: "1a" is not the name or number of a user"#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "owner": "-1"}]"#],
      #"7:41: tokens[0].publish[0].owner: "-1" is not the name or number of a user"#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "owner": "007"}]"#],
      #"7:41: tokens[0].publish[0].owner: "007" is not the name or number of a user"#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "owner": "4294967295"}]"#],
      #"7:41: tokens[0].publish[0].owner: "4294967295" is not the name or number of a user"#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "owner": "4294967296"}]"#],
      #"7:41: tokens[0].publish[0].owner: "4294967296" is not the name or number of a user"#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "owner": "a:b"}]"#],
      #"7:41: tokens[0].publish[0].owner: "a:b" is not the name or number of a user"#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "owner": "é"}]"#],
      #"7:41: tokens[0].publish[0].owner: "é" is not the name or number of a user"#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "group": 1000}]"#],
      #"7:41: tokens[0].publish[0].group: must be the name or number of a group, in quotation marks, not a number"#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "group": ""}]"#],
      #"7:41: tokens[0].publish[0].group: "" is not the name or number of a group"#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "group": "a/b"}]"#],
      #"7:41: tokens[0].publish[0].group: "a/b" is not the name or number of a group"#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "group": "4294967295"}]"#],
      #"7:41: tokens[0].publish[0].group: "4294967295" is not the name or number of a group"#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "allow": "symbolic_link"}]"#],
      #"7:41: tokens[0].publish[0].allow: must be an array of exceptions, not a string"#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "allow": [5]}]"#],
      #"7:42: tokens[0].publish[0].allow[0]: must be one of "symbolic_link", "writable_by_others", not a number"#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "allow": ["symlink"]}]"#],
      #"7:42: tokens[0].publish[0].allow[0]: "symlink" is none of "symbolic_link", "writable_by_others""#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "allow": ["symbolic-link"]}]"#],
      #"7:42: tokens[0].publish[0].allow[0]: "symbolic-link" is none of "symbolic_link", "writable_by_others"; did you mean "symbolic_link"?"#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "allow": ["everything"]}]"#],
      #"7:42: tokens[0].publish[0].allow[0]: "everything" is none of "symbolic_link", "writable_by_others""#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "path": "/x"}]"#],
      #"7:32: tokens[0].publish[0].path: this key is not known; known here: file, format, key, template, name, mode, owner, group, allow, keep_previous"#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "permissions": "0600"}]"#],
      #"7:32: tokens[0].publish[0].permissions: this key is not known; known here: file, format, key, template, name, mode, owner, group, allow, keep_previous"#
    ),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "mode": "0600", "mode": "0640"}]"#],
      #"7:48: tokens[0].publish[0].mode: this key is there twice"#),
    Refusal(
      [.publish: #"[{"file": "/srv/x", "ownr": "x"}]"#],
      #"7:32: tokens[0].publish[0].ownr: this key is not known; did you mean "owner"?"#),
    Refusal(
      [.more: #""defaults": {"publish": []}"#], #"9:27: defaults.publish: must be an object, not an array"#),
    Refusal(
      [.more: #""defaults": {"publish": {"file": "/x"}}"#],
      #"9:28: defaults.publish.file: this key is not known; known here: format, mode, owner, group, allow, keep_previous"#
    ),
    Refusal(
      [.more: #""defaults": {"publish": {"key": "A"}}"#],
      #"9:28: defaults.publish.key: this key is not known; known here: format, mode, owner, group, allow, keep_previous"#
    ),
    Refusal(
      [.more: #""defaults": {"publish": {"mode": "0644"}}"#],
      #"9:36: defaults.publish.mode: "0644" gives rights to others; write e.g. "0600" or "0640""#),
    Refusal(
      [.more: #""defaults": {"publish": {"owner": 5}}"#],
      #"9:37: defaults.publish.owner: must be the name or number of a user, in quotation marks, not a number"#
    ),
    Refusal(
      [.more: #""defaults": {"publish": {"group": 5}}"#],
      #"9:37: defaults.publish.group: must be the name or number of a group, in quotation marks, not a number"#
    ),
    Refusal(
      [.more: #""defaults": {"publish": {"format": "x"}}"#],
      #"9:38: defaults.publish.format: "x" is none of "raw", "env", "json", "r2-env", "r2-json", "template", "credential""#
    ),
    Refusal(
      [.more: #""defaults": {"publish": {"allow": 5}}"#],
      #"9:37: defaults.publish.allow: must be an array of exceptions, not a number"#),
    Refusal(
      [
        .publish: #"[{"file": "/srv/x", "key": "A"}]"#, .more: #""defaults": {"publish": {"format": "xml"}}"#,
      ],
      #"9:38: defaults.publish.format: "xml" is none of "raw", "env", "json", "r2-env", "r2-json", "template", "credential""#
    ),
    Refusal(
      [
        .publish: #"[{"file": "/srv/x", "key": "A"}]"#,
        .more: #""defaults": {"publish": {"format": "r2-env"}}"#,
      ], #"7:39: tokens[0].publish[0].key: only the formats "env" and "json" have a key, not "r2-env""#),
    Refusal(
      [.more: #""defaults": {"publish": 5}, "default": 1"#],
      #"9:27: defaults.publish: must be an object, not a number"#,
      #"9:31: default: this key is not known; did you mean "defaults"?"#),
    Refusal(
      [.more: #""defaults": {"owner": "x"}"#],
      #"9:16: defaults.owner: this key is not known; known here: account_id, credential, schedule, publish, reload, verify, run, on_failure, on_recovery"#
    ),
    Refusal(
      [.more: #""defaults": {"credential": "main", "credential": "main"}"#],
      #"9:38: defaults.credential: this key is there twice"#),
  ]

  @Test(arguments: refusals) func isRefused(_ refusal: Refusal) {
    #expect(refusal.found == refusal.expected)
  }
}
