/// Something that happened, as the operator reads it: a sentence, and the fields by which it can be found.
///
/// Carries no secret, not even in part.
public struct Event: Sendable, Equatable {
  /// What happened.
  public var kind: EventKind
  /// A full sentence that names the object, the cause and, where there is one, the cure.
  public var message: String
  /// The entry concerned: TOKENROLL_ENTRY.
  public var entry: String?
  /// The roll concerned: TOKENROLL_ROLL_ID, 32 hexadecimal digits.
  public var rollID: String?
  /// TOKENROLL_ACCOUNT_ID.
  public var accountID: String?
  /// TOKENROLL_TOKEN_ID.
  public var tokenID: String?
  /// The phase of the roll machine: TOKENROLL_PHASE.
  public var phase: String?
  /// TOKENROLL_HTTP_STATUS.
  public var httpStatus: Int?
  /// The first code of the API's envelope: TOKENROLL_API_CODE.
  public var apiCode: Int?
  /// The request's identifier at the API's edge: TOKENROLL_CF_RAY.
  public var ray: String?
  /// How long the step took: TOKENROLL_DURATION_USEC.
  public var duration: TimeSpan?
  /// The number of the attempt, from 1: TOKENROLL_ATTEMPT.
  public var attempt: Int?
  /// The unit that was to be reloaded: TOKENROLL_UNIT.
  public var unit: String?
  /// The program that was run, with its arguments: TOKENROLL_PROGRAM.
  public var program: String?
  /// The status with which it ended, 0 to 255: TOKENROLL_EXIT_STATUS.
  public var exitStatus: Int32?
  /// The errno of a failed system call: ERRNO.
  public var errno: Int32?

  /// An event with a message and no field; set the fields that are known.
  public init(_ kind: EventKind, _ message: String) {
    self.kind = kind
    self.message = message
  }
}
