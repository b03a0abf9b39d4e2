internal import Configuration
internal import Core
internal import Dispatch
internal import Platform

/// Keeps the file with the metrics up to date, for node_exporter's textfile collector.
@RotationActor final class MetricsFile {
  /// The metrics of now, and the boot time at which they change by themselves.
  typealias Numbers = (metrics: ServiceMetrics, changeAt: TimeSpan?)

  /// The longest that the end of the service is put off for the last write.
  private static let patience = TimeSpan.seconds(2)

  private let services: RollServices
  private let gather: @RotationActor () -> Numbers
  // Not the rotation queue: a file system that hangs must not hold up a roll.
  private let queue = DispatchQueue(label: "tokenroll.metrics")
  private var timer: BootTimer?
  private var settings: MetricsSettings?
  private var pace = WritePace(interval: .zero)
  /// What the file holds.
  private var written: String?
  private var isFailing = false
  private var waiter: CheckedContinuation<Void, Never>?

  init(services: RollServices, gather: @escaping @RotationActor () -> Numbers) throws(SystemError) {
    self.services = services
    self.gather = gather
    timer = try BootTimer { [weak self] in self?.write() }
  }

  /// Begins to keep the file of `settings`, instead of the one before; none where that is nil.
  func use(_ settings: MetricsSettings?) {
    if settings?.file != self.settings?.file { written = nil }
    self.settings = settings
    if let settings { pace.interval = settings.every }
    noteChange()
  }

  /// Something may have changed: the file is written when its time has come.
  func noteChange() {
    guard settings != nil else {
      timer?.cancel()
      return
    }
    pace.expectChange(at: services.clock.bootTime)
    services.health.arm(timer, for: pace.next)
  }

  /// Writes the file for the last time, and returns when that is done, or takes too long.
  func finish() async {
    guard let settings else { return }
    self.settings = nil
    timer?.cancel()
    let patience = try? BootTimer { [weak self] in self?.endWait() }
    services.health.arm(patience, for: services.clock.bootTime + Self.patience)
    let text = gather().metrics.text(.prometheus)
    await withCheckedContinuation { continuation in
      waiter = continuation
      put(text, settings.file) { [weak self] _ in self?.endWait() }
    }
    patience?.cancel()
  }

  private func endWait() {
    waiter?.resume()
    waiter = nil
  }

  private func write() {
    guard let settings else { return }
    let now = services.clock.bootTime
    let numbers = gather()
    let text = numbers.metrics.text(.prometheus)
    pace.beginWrite(at: now)
    if let change = numbers.changeAt { pace.expectChange(at: change) }
    guard text != written else { return wrote(nil) }
    written = text
    put(text, settings.file) { [weak self] in self?.wrote($0) }
  }

  private func wrote(_ failure: SystemError?) {
    pace.endWrite(isGood: failure == nil, at: services.clock.bootTime)
    if let failure {
      written = nil
      report(failure)
    }
    isFailing = failure != nil
    services.health.arm(timer, for: settings == nil ? nil : pace.next)
  }

  /// Once in each stretch of failures: they come back as often as the file is tried.
  private func report(_ failure: SystemError) {
    guard !isFailing else { return }
    var event = Event(
      .metricsNotWritten,
      "The metrics could not be written: \(failure). Rolls go on; it is tried again until it works.")
    event.errno = failure.code == 0 ? nil : failure.code
    services.log.record(event)
  }

  private func put(
    _ text: String, _ path: String, then done: @escaping @RotationActor @Sendable (SystemError?) -> Void
  ) {
    queue.async {
      let failure = Self.replace(path, with: text)
      RotationActor.shared.queue.async { RotationActor.assumeIsolated { done(failure) } }
    }
  }

  private nonisolated static func replace(_ path: String, with text: String) -> SystemError? {
    do throws(SystemError) {
      let bytes = Array(text.utf8)
      let file = try AtomicFile(preparing: specification(path), capacity: bytes.count)
      _ = try bytes.withUnsafeBytes { bytes in
        Result { () throws(SystemError) in try file.commit(bytes) }
      }.get()
      return nil
    } catch {
      return error
    }
  }

  /// For everybody to read. The directory is another program's, whose user may be able to write to it.
  nonisolated static func specification(_ path: String) -> FileSpecification {
    FileSpecification(path: path, mode: 0o644, allowWritableByOthers: true)
  }
}
