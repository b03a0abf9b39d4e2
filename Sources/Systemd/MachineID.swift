internal import CSystemd
internal import Core

/// What tells this machine from a copy of it, without telling the machine's own identifier (machine-id(5)).
public enum MachineID {
  /// The service's own constant, by which its identifier differs from every other program's.
  private static let application: [UInt8] = [
    0x2f, 0x0c, 0x5f, 0x1c, 0x8d, 0x0b, 0x4c, 0x1e, 0x9a, 0x53, 0x6e, 0x87, 0x41, 0xd2, 0xb7, 0x90,
  ]

  /// `read` as 32 lower-case hexadecimal digits.
  public static func hexadecimal() throws(SystemdError) -> String {
    Core.hexadecimal(try read())
  }

  /// 16 bytes, the same on this machine at every call (sd_id128_get_machine_app_specific(3)).
  ///
  /// Throws where the machine has no identifier, as an image that was never started.
  public static func read() throws(SystemdError) -> [UInt8] {
    var application = sd_id128_t()
    withUnsafeMutableBytes(of: &application) { $0.copyBytes(from: Self.application) }
    var identifier = sd_id128_t()
    let result = sd_id128_get_machine_app_specific(application, &identifier)
    guard result >= 0 else {
      throw SystemdError(
        .other, "cannot read", "/etc/machine-id", code: -result,
        reason: "make one with systemd-machine-id-setup(1)")
    }
    return withUnsafeBytes(of: identifier) { Array($0) }
  }
}
