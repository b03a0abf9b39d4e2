internal import Platform

/// One request to the API.
struct Request: Sendable {
  /// The methods that the API's token calls use.
  enum Method: String, Sendable {
    case get = "GET"
    case put = "PUT"
    case post = "POST"
    case delete = "DELETE"
  }

  /// The method.
  var method: Method
  /// The address, complete.
  var url: String
  /// The body, JSON; only with `put` and `post`.
  var body: [UInt8]?
  /// The secret that goes into `Authorization`.
  var bearer: Secret
}
