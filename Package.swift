// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

/// A target of ours: strict settings, and only the dependencies it names.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
  name: "tokenroll",
  products: [
    .executable(name: "tokenroll", targets: ["tokenroll"]),
    .executable(name: "tokenroll-sandbox", targets: ["tokenroll-sandbox"]),
  ],
  targets: [
    .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
      name: "CMicroHTTPD", pkgConfig: "libmicrohttpd",
      providers: [.apt(["libmicrohttpd-dev", "libgnutls28-dev"])]),

    .target(name: "CLinux", cSettings: [.treatAllWarnings(as: .error)]),

    module("JSON"),
    module("Core"),
    module("Configuration", ["Core", "JSON"]),
    module("Platform", ["Core", "CCrypto", "CLinux"]),
    module("CloudflareAPI", ["Core", "JSON", "Platform", "CCurl"]),
    module("Systemd", ["Core", "JSON", "Platform", "CSystemd"]),
    module("Store", ["Core", "Platform", "CSQLite"]),
    module(
      "Daemon", ["Core", "JSON", "Configuration", "Platform", "CloudflareAPI", "Systemd", "Store"]),

    .executableTarget(
      name: "tokenroll",
      dependencies: [
        "Daemon", "Core", "JSON", "Configuration", "Platform", "CloudflareAPI", "Systemd", "Store",
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "tokenroll-sandbox", dependencies: ["JSON", "CMicroHTTPD"], swiftSettings: strict),

    .executableTarget(
      name: "durability-benchmark", dependencies: ["Core", "Platform", "Store"],
      path: "Benchmarks/Durability",
      swiftSettings: strict),

    .executableTarget(name: "idle-dispatch", path: "Benchmarks/IdleDispatch", swiftSettings: strict),
    .executableTarget(
      name: "syscall-injector", path: "Tests/SyscallInjector", cSettings: [.treatAllWarnings(as: .error)]),
    .target(
      name: "TestSupport", dependencies: ["CSystemd"], path: "Tests/TestSupport", swiftSettings: strict),
    .target(
      name: "SimulatedWorld", dependencies: ["Core"], path: "Tests/SimulatedWorld", swiftSettings: strict),
    .executableTarget(
      name: "simulation", dependencies: ["SimulatedWorld"], path: "Tests/simulation", swiftSettings: strict),
    tests("JSONTests", ["JSON"]),
    tests("CoreTests", ["Core"]),
    tests("SimulationTests", ["SimulatedWorld", "Core"]),
    tests("ConfigurationTests", ["Configuration", "Core", "JSON", "TestSupport"]),
    tests("PlatformTests", ["Platform", "Core", "CLinux", "TestSupport"]),
    tests("CloudflareAPITests", ["CloudflareAPI", "Platform", "Core", "JSON", "TestSupport"]),
    tests("SystemdTests", ["Systemd", "CSystemd", "Platform", "Core", "JSON", "TestSupport"]),
    tests("StoreTests", ["Store", "Platform", "Core", "TestSupport"]),
    tests(
      "DaemonTests",
      [
        "Daemon", "CloudflareAPI", "Core", "Configuration", "JSON", "Platform", "Store", "Systemd",
        "TestSupport",
      ]),
    .testTarget(
      name: "EndToEndTests", dependencies: ["JSON", "TestSupport"],
      exclude: ["sdk_check.py", "ControlVarlinkCheck.py"],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)

// A sanitizer sees nothing of the end-to-end tests, which run other processes.
if Context.environment["TOKENROLL_UNIT_TESTS"] != nil {
  package.targets.removeAll { $0.name == "EndToEndTests" }
}

// Links only with libFuzzer, as Tests/fuzz.sh does it.
if Context.environment["TOKENROLL_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "fuzz", dependencies: ["CloudflareAPI", "Configuration", "Core", "JSON", "Platform"],
      path: "Tests/Fuzz",
      exclude: ["corpus"], swiftSettings: strict))
}
