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
  /// The service may have something to delete by the wall clock.
  case deletions(process: Int, plan: Int)
  /// The API answers a request of the deletion queue.
  case deletionAnswer(RollID, process: Int, DeletionAnswer)
  /// The API deletes a token.
  case erase(token: Int)
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
  case inspect(old: Int?, of: Int)
  /// Whose secret consumers hold, and both tokens.
  case inspectPair(old: Int?, of: Int, or: Int)
  case roll(put: Int)
  case verify(secret: Int, of: Int)
  case modified(of: Int)
}

/// What the API says to the deletion queue.
enum DeletionAnswer {
  /// The token is deleted, or was before.
  case gone
  /// What a roll has created, as far as the API knows.
  case found(Int?)
  case failure(APIFailure)
}

/// What happens to a service from outside.
enum Incident: CaseIterable {
  case crash, clockStep, request, foreignRoll, foreignDeletion, reload, pause, resume, edit, outage
}
