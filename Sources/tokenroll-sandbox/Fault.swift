/// A way to misbehave, and the calls that it applies to.
struct Fault: Sendable {
  /// What becomes of the call's effect.
  enum Commitment: Sendable, Equatable {
    case atOnce
    case never
    /// The call takes effect this many milliseconds after the answer was sent or withheld, as a request does that
    /// was held up on its way.
    case late(milliseconds: Int)
  }

  /// How a connection ends.
  enum Ending: String, Sendable {
    /// In order, with a TCP FIN (and a close_notify under TLS).
    case close
    /// With a TCP RST.
    case reset
  }

  /// What is sent instead of the answer.
  enum Kind: Sendable {
    /// The answer itself, perhaps late.
    case delay
    case refuse(status: Int, code: Int, message: String)
    case end(Ending)
    /// Nothing, with the connection kept open; nil for as long as the client waits.
    case hang(milliseconds: Int?)
    /// The answer up to a byte of its body.
    case cut(at: Int, Ending)
    case html(status: Int)
    case empty(status: Int)
    /// `success: false` under a status that may say the opposite.
    case unsuccessful(status: Int, code: Int, message: String)
    /// `success: true` and no `result`.
    case noResult
    /// An envelope with this text as its result.
    case result(String)
    case body([UInt8], status: Int, contentType: String)
    case drip(bytesPerSecond: Int)
    case redirect(status: Int, location: String)
    case gzipBomb(mebibytes: Int)
    /// The answer, behind this much white space.
    case bigBody(mebibytes: Int)
    /// These bytes and no others, not even a status line.
    case raw([UInt8], Ending)
    /// The status line of the answer alone.
    case statusLine(Ending)
  }

  /// The calls that a fault applies to.
  struct Filter: Sendable {
    /// Empty for all.
    var calls: Set<Call> = []
    var account: String?
    /// The token that the call is about; of a verification the one that is verified.
    var token: String?

    func matches(_ call: Call, account: String, token: String?) -> Bool {
      (calls.isEmpty || calls.contains(call)) && (self.account ?? account) == account
        && (self.token == nil || self.token == token)
    }
  }

  var kind: Kind
  var filter = Filter()
  /// How many matching calls pass before the first that it applies to.
  var skip = 0
  /// How many calls it applies to; nil for all.
  var count: Int? = 1
  var probability = 1.0
  var delayBefore = 0
  var delayAfter = 0
  var commitment: Commitment
  /// Headers that are added to the answer.
  var headers: [(name: String, value: String)] = []
  /// The text that it was made of, for the administration.
  var specification: String
}
