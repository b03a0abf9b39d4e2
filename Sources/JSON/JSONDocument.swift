/// A JSON text, read strictly (RFC 8259), with the position of every value.
public struct JSONDocument: Sendable {
}
