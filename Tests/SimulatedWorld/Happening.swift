internal import Core

/// Something that comes to pass at its time, whatever the service does meanwhile.
enum Happening {
  /// The answer of the API reaches the process that asked; none, where that process is gone.
  case answer(slot: Int, process: Int, Question, early: RollEvent?)
  /// A roll takes effect at the API.
  case commit(put: Int)
  /// The wait of a driver, or of its place in the queue of requests, is over.
  case wake(slot: Int, process: Int, serial: Int)
  /// An entry may be due by the wall clock.
  case due(slot: Int, process: Int, plan: Int)
  /// Somebody does something: the operator, another party, the power.
  case incident(Incident)
  /// Somebody does something at any time, and again later.
  case chance
  /// The next storm, or the end of one.
  case season(Int)
  /// The service is started.
  case start
}

/// What a driver asked the API.
enum Question {
  case inspect(old: Int?)
  case roll(put: Int)
  case verify(secret: Int)
  case modified
}

/// What happens to a service from outside.
enum Incident: CaseIterable {
  case crash, clockStep, request, foreignRoll, reload, pause, resume, edit, outage
}
