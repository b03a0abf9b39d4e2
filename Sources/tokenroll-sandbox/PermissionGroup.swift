/// A named set of rights that a policy grants.
struct PermissionGroup: Sendable, Hashable {
  let id: String
  let name: String
  let category: String
  let scope: String

  /// The group with the right to change tokens; also to read them.
  static let tokensWrite = "Account API Tokens Write"
  /// The group with the right to read tokens.
  static let tokensRead = "Account API Tokens Read"

  private static let account = "com.cloudflare.api.account"
  private static let zone = "com.cloudflare.api.account.zone"

  /// What the sandbox offers: a small part of the API's catalogue, with identifiers of the sandbox's own where
  /// the API's description shows none.
  static let catalogue: [PermissionGroup] = [
    PermissionGroup("5bc3f8b21c554832afc660159ab75fa4", tokensWrite, "account_and_billing", account),
    PermissionGroup("eb56a6953c034b9d97dd838155666f06", tokensRead, "account_and_billing", account),
    PermissionGroup("7cf72faf220841aabcfdfab81c43c4f6", "Billing Read", "account_and_billing", account),
    PermissionGroup(
      "1af1fa2adc104452b74a9a3364202f20", "Account Settings Write", "account_and_billing", account),
    PermissionGroup(
      "9d24387c6e8544e2bc4024a03991339f", "Load Balancing: Monitors and Pools Read", "network_services",
      account),
    PermissionGroup(
      "d2a1802cc9a34e30852f8b33869b2f3c", "Load Balancing: Monitors and Pools Write", "network_services",
      account),
    PermissionGroup(
      "8b47d2786a534c08a1f94ee8f9f599ef", "Workers KV Storage Read", "developer_platform", account),
    PermissionGroup(
      "f7f0eda5697f475c90846e879bab8666", "Workers KV Storage Write", "developer_platform", account),
    PermissionGroup(
      "1a71c399035b4950a1bd1466bbe4f420", "Workers Scripts Read", "developer_platform", account),
    PermissionGroup(
      "e086da7e2179491d91ee5f35b3ca210a", "Workers Scripts Write", "developer_platform", account),
    PermissionGroup("c8fed203ed3043cba015a93ad1616f1f", "Zone Read", "dns_and_zones", zone),
    PermissionGroup("82e64a83756745bbbb1c9c2701bf816b", "DNS Read", "dns_and_zones", zone),
    PermissionGroup("4755a26eedb94da69e1066d98aa820be", "DNS Write", "dns_and_zones", zone),
  ]

  private static let byID = Dictionary(uniqueKeysWithValues: catalogue.map { ($0.id, $0) })
  private static let byName = Dictionary(uniqueKeysWithValues: catalogue.map { ($0.name, $0) })

  static func named(_ name: String) -> PermissionGroup? { byName[name] }

  static func identified(_ id: String) -> PermissionGroup? { byID[id] }

  private init(_ id: String, _ name: String, _ category: String, _ scope: String) {
    self.id = id
    self.name = name
    self.category = category
    self.scope = scope
  }
}
