import Dispatch
import Glibc
import SimulatedWorld
import Synchronization

/// `simulation [--seeds N] [--first S] [--entries N] [--years N] [--days N]`, or `--replay S` with the same sizes.
@main enum Main {
  static func main() {
    var options: [String: Int] = [
      "--seeds": 10_000, "--first": 1, "--entries": 5, "--years": 2, "--days": 30,
    ]
    var arguments = CommandLine.arguments.dropFirst()
    while let name = arguments.popFirst() {
      guard options[name] != nil || name == "--replay", let text = arguments.popFirst(),
        let value = Int(text), value > 0
      else { usage(name) }
      options[name] = value
    }
    let simulation = Simulation(
      entries: options["--entries"] ?? 1, years: options["--years"] ?? 1, days: options["--days"] ?? 1)
    if let seed = options["--replay"] { replay(simulation, UInt64(seed)) }
    run(simulation, first: options["--first"] ?? 1, count: options["--seeds"] ?? 1)
  }

  private static func usage(_ argument: String) -> Never {
    print(
      "simulation: cannot use \(argument)\nusage: simulation [--seeds N] [--first S] [--entries N] [--years N] "
        + "[--days N] [--replay S]")
    exit(2)
  }

  private static func replay(_ simulation: Simulation, _ seed: UInt64) -> Never {
    let (totals, violation) = simulation.run(seed: seed) { print($0) }
    print(totals)
    if let violation { print("seed \(seed) FAILED: \(violation)") }
    exit(violation == nil ? 0 : 1)
  }

  private static func run(_ simulation: Simulation, first: Int, count: Int) {
    struct Sum {
      var totals = Totals()
      var violations: [Violation] = []
    }
    let sum = Mutex(Sum())
    DispatchQueue.concurrentPerform(iterations: count) { index in
      let (totals, violation) = simulation.run(seed: UInt64(first + index))
      sum.withLock {
        $0.totals += totals
        if let violation { $0.violations.append(violation) }
      }
    }
    let result = sum.withLock { $0 }
    for violation in result.violations.sorted(by: { $0.seed < $1.seed }).prefix(10) {
      print("seed \(violation.seed) FAILED: \(violation)")
      print(
        "  replay: swift run -c release simulation --entries \(simulation.entries) --years \(simulation.years) "
          + "--days \(simulation.days) --replay \(violation.seed)")
    }
    print(result.totals)
    print(result.violations.isEmpty ? "every promise was kept" : "\(result.violations.count) seeds FAILED")
    exit(result.violations.isEmpty ? 0 : 1)
  }
}
