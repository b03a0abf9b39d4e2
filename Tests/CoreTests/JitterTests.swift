import Core
import Testing

@Suite struct JitterTests {
  /// The key of the SipHash paper: the bytes 0 to 15.
  private static let key: (UInt64, UInt64) = (0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908)

  @Test("the key is made of the bytes of the machine id, in little-endian order")
  func keyFromMachineID() throws {
    let key = try #require(Jitter.key(machineID: Array(0..<16)))
    #expect(key == Self.key)
    #expect(Jitter.key(machineID: Array(0..<15)) == nil)
    #expect(Jitter.key(machineID: Array(0..<17)) == nil)
  }

  /// The hashes of the messages of n bytes 0, 1, 2, ... by SipHash-2-4, from the reference implementation.
  @Test(
    "offsets come from SipHash-2-4",
    arguments: [
      (0, 0x726F_DB47_DD0E_0E31), (1, 0x74F8_39C5_93DC_67FD), (2, 0x0D6C_8009_D9A9_4F5A),
      (3, 0x8567_6696_D7FB_7E2D),
      (4, 0xCF27_94E0_2771_87B7), (5, 0x1876_5564_CD99_A68D), (6, 0xCBC9_466E_58FE_E3CE),
      (7, 0xAB02_00F5_8B01_D137),
      (8, 0x93F5_F579_9A93_2462), (9, 0x9E00_82DF_0BA9_E4B0), (10, 0x7A5D_BBC5_94DD_B9F3),
      (11, 0xF4B3_2F46_226B_ADA7),
      (12, 0x751E_8FBC_860E_E5FB), (13, 0x14EA_5627_C084_3D90), (14, 0xF723_CA90_8E7A_F2EE),
      (15, 0xA129_CA61_49BE_45E5),
      (63, 0x958A_324C_EB06_4572),
    ] as [(UInt8, UInt64)])
  func vectors(length: UInt8, hash: UInt64) {
    let name = String(decoding: 0..<length, as: UTF8.self)
    // The offset is the hash as a fraction of 2^64 of the span.
    let offset = Jitter.offset(for: name, machineID: Self.key, within: TimeSpan(microseconds: .max))
    #expect(offset.microseconds == Int64(hash.multipliedFullWidth(by: UInt64(Int64.max)).high))
  }

  @Test("10,000 daily entries with a day of jitter spread evenly over the hours")
  func spread() {
    var hours = [Int](repeating: 0, count: 24)
    for index in 0..<10_000 {
      let offset = Jitter.offset(for: "entry-\(index)", machineID: Self.key, within: .days(1))
      hours[Int(offset.microseconds / 3_600_000_000)] += 1
    }
    let mean = 10_000.0 / 24
    #expect(Double(hours.max() ?? 0) < 1.3 * mean)
    #expect(Double(hours.min() ?? 0) > 0.7 * mean)
  }

  @Test("an offset is stable, lies below the jitter, and depends on name, machine and salt")
  func dependsOn() throws {
    let other = try #require(Jitter.key(machineID: Array(1...16)))
    let hour = TimeSpan.hours(1)
    let offset = Jitter.offset(for: "dns-edge", machineID: Self.key, within: hour)
    #expect(offset == Jitter.offset(for: "dns-edge", machineID: Self.key, within: hour))
    #expect(offset != Jitter.offset(for: "dns-core", machineID: Self.key, within: hour))
    #expect(offset != Jitter.offset(for: "dns-edge", machineID: other, within: hour))
    let salted = (0..<100).map { Jitter.offset(for: "dns-edge", salt: $0, machineID: Self.key, within: hour) }
    #expect(Set(salted + [offset]).count == 101)
    #expect(salted.allSatisfy { $0 >= .zero && $0 < hour })
    #expect(Jitter.offset(for: "dns-edge", machineID: Self.key, within: TimeSpan(microseconds: 1)) == .zero)
    #expect(Jitter.offset(for: "dns-edge", machineID: Self.key, within: .zero) == .zero)
    #expect(Jitter.offset(for: "dns-edge", machineID: Self.key, within: .hours(-1)) == .zero)
  }
}
