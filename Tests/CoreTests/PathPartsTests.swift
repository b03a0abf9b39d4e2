import Core
import Testing

@Suite struct PathPartsTests {
  @Test(arguments: [
    ("/srv/tokens/edge", "/srv/tokens", "edge"), ("/edge", "/", "edge"), ("edge", ".", "edge"),
    ("/", "/", ""),
    ("/srv/", "/srv", ""), ("srv/edge", "srv", "edge"), ("/sr\u{fc}v/\u{20ac}", "/sr\u{fc}v", "\u{20ac}"),
    ("", ".", ""),
  ])
  func aPathIsCutAtItsLastSlash(path: String, directory: String, name: String) {
    let parts = PathParts(path)
    #expect(parts.directory == directory)
    #expect(parts.name == name)
  }
}
