/// What can happen to the service, one case for every message that an operator can meet.
///
/// The identifiers are fixed: `deploy/tokenroll.catalog` explains each, and monitoring may match on them.
public enum EventKind: String, Sendable, CaseIterable {
  /// Configuration, store, destinations and credentials were proved; the service is at work.
  case serviceReady
  /// The service was asked to stop.
  case serviceStopping
  /// A changed configuration was taken into use.
  case configurationReloaded
  /// A reload found problems; the configuration in use stays.
  case configurationRefused
  /// The wall clock was set; the plan was made anew.
  case clockStepped
  /// The wall clock is behind the last recorded roll; nothing rolls until it is right.
  case clockImplausible
  /// The next roll of an entry was planned.
  case entryPlanned
  /// An intent was recorded and the request is about to be sent.
  case rollStarted
  /// Something that a roll needs is not ready; nothing was sent.
  case rollNotReady
  /// The API refused the roll for now, or could not be reached; the old secret stays in force.
  case rollRefused
  /// The API refuses the roll in a way that will not pass by itself; the old secret stays in force.
  case rollRefusedForGood
  /// The API's rate limit was met; every request with this credential waits.
  case rateLimited
  /// It is not known whether a roll took place; the old secret will be asked for.
  case rollUncertain
  /// An uncertain roll was resolved: the old secret is in force and nothing was lost.
  case rollDidNotHappen
  /// An uncertain roll was resolved: it took place and its secret is gone; the token is rolled again at once.
  case rollHappenedSecretLost
  /// A new secret is durable on disk.
  case secretEscrowed
  /// A new secret could not be made durable; it is held in memory and published all the same.
  case escrowFailed
  /// A secret lies in escrow, encrypted, and cannot be decrypted; it is kept and tried again, and nothing is rolled meanwhile.
  case escrowNotOpened
  /// A new secret is in every destination.
  case secretPublished
  /// A new secret could not be written to a destination; it is safe in escrow and tried again.
  case publicationFailed
  /// A destination could not be given its owner or group; it was published with narrower rights.
  case publishedWithNarrowerRights
  /// A secret does not have the form that the API documents; it was kept and published as it is.
  case secretFormUnexpected
  /// The API refuses the secret that was just published; no automatic roll follows.
  case secretRefused
  /// A standby's new secret is not accepted and was published nowhere; no automatic roll follows before the next period.
  case secretWithheld
  /// A standby's new secret is lost, and nobody had it; the standby is rolled again.
  case standbySecretLost
  /// The two tokens of a pair differ in what they allow.
  case pairUnequal
  /// Another token is in the place of the entry's; the old one is deleted later.
  case tokenReplaced
  /// It is not known whether a token was created in the place of another; what was made is looked for and deleted.
  case replacementUncertain
  /// A token that no consumer has any more was deleted.
  case tokenDeleted
  /// A token that no consumer has any more could not be deleted; it is tried again.
  case deletionFailed
  /// The published secret belongs to another token than the entry names.
  case tokenMismatch
  /// It could not be found out whether the published secret is in force.
  case verificationUnknown
  /// A roll is complete: published everywhere, verified, escrow erased.
  case rollSettled
  /// An entry that was failing works again.
  case entryRecovered
  /// The state directory belongs to another machine; nothing rolls until it is adopted.
  case stateForeign
  /// A step overran its bound or the rotation queue is stuck; the watchdog is not fed.
  case watchdogWithheld
  /// A program is about to be run.
  case actionStarted
  /// A program that was run wrote a line.
  case programOutput
  /// An action succeeded.
  case actionFinished
  /// An action failed: a reload is tried again by itself, a program when an operator asks for it.
  case actionFailed
  /// An action that had failed succeeded.
  case actionRecovered
  /// The state database could not be written; what is durable already stays true.
  case stateNotWritten
  /// An escrow that is no longer needed could not be erased; it is tried again at the next start.
  case escrowNotErased
  /// A secret lies in escrow that no roll of the state database accounts for; it is kept.
  case escrowUnknown
  /// The service could not be started.
  case startFailed
  /// The service manager could not be told how the service is doing.
  case notificationFailed
  /// Something about a destination may surprise; it is no hindrance.
  case destinationNotice
  /// The control socket could not be opened; the service works without it.
  case controlUnavailable
  /// An operator asked for something over the control socket.
  case operatorRequest
  /// An operator paused an entry, or all; no new roll of it is begun.
  case rollingPaused
  /// A pause was ended.
  case rollingResumed
  /// The file with the metrics could not be written; rolls go on.
  case metricsNotWritten
  /// The API refused the secret of an entry's last roll; only an operator has it rolled again.
  case rollingHeld
  /// An operator ended the hold of an entry.
  case holdLifted
  /// The API refuses a secret that was published and accepted before.
  case publishedSecretRefused
  /// A destination is gone, does not hold the published secret, or has rights that cannot be put right.
  case fileDrifted
  /// The rights of a destination were not those configured, and were put right.
  case rightsCorrected
  /// A token is disabled or expired.
  case tokenInactive
  /// A token expires soon, or before its next roll.
  case tokenExpiring
  /// Somebody else rolled a token and published its secret, which was taken over.
  case secretAdopted
  /// What was told of a token, its secret or its files is over.
  case driftEnded
  /// A credential of the service was rolled; its new secret is in use.
  case credentialRenewed
  /// A credential does not come from where it seems to, or what it had before is still there.
  case credentialNotice
  /// The journal took nothing for a while; what was to be said then follows.
  case journalWasAway

  /// The journal's MESSAGE_ID: 32 lower-case hexadecimal digits, never reused.
  public var messageID: String {
    switch self {
    case .serviceReady: "5d7f2095928b4918bc968465f76e4fa2"
    case .serviceStopping: "6e2dc78a3231416999e9b5867956ed7a"
    case .configurationReloaded: "f1fc7abf707d4fdea46d06b85bd982c9"
    case .configurationRefused: "19b5bf4d3871468e8fb27cea6e0231c8"
    case .clockStepped: "dc6a725a5df94c97bb414d62ba4bc4b7"
    case .clockImplausible: "fca87bf154c74e0aacbb1f76daa20a21"
    case .entryPlanned: "7494d187e2e7489ca241cd461760b31c"
    case .rollStarted: "6a8ae1c8d5234c388b1de179ddb413d5"
    case .rollNotReady: "d7cd803748f2411ab876b20193e224c4"
    case .rollRefused: "fb2ab74572a144e18fcb6e1def653d6c"
    case .rollRefusedForGood: "bccc9d18cc0e4d418e8e48e03b704725"
    case .rateLimited: "aa8c15c6f6bd418195c020e1e62e47c2"
    case .rollUncertain: "4061485802c243f6a084bf751b22cde0"
    case .rollDidNotHappen: "873f99b3d5ee442ba306feb14a25afeb"
    case .rollHappenedSecretLost: "ed285d1fbc2347b683760a1a8304b0c5"
    case .secretEscrowed: "4aa7e226046c4631a0034a746987657c"
    case .escrowFailed: "0971f51f3a1a4ad9ba3b1c3a5c488422"
    case .escrowNotOpened: "6e4eb3c02cf940cea1723ee0879e022c"
    case .secretPublished: "004b4604c7a248f89537059395939482"
    case .publicationFailed: "26010616434d4cb68762b19cd061faeb"
    case .publishedWithNarrowerRights: "9c012a410d0048409fe8ec08bd124785"
    case .secretFormUnexpected: "66ba2d8d07f74581beff4a955a5934a1"
    case .secretRefused: "f9ffe0ce3d8244ac80fadaf71a91f582"
    case .secretWithheld: "865d0758407342f5a92c94b7f669c834"
    case .standbySecretLost: "e4d392fc102d4c2199b9c5e87c2dd749"
    case .pairUnequal: "786536f6aecd41818aada8dafabc75ce"
    case .tokenReplaced: "68a8973783874ddfa0a5998baf54c1df"
    case .replacementUncertain: "49a6bd5660314e82b9f05377f0337676"
    case .tokenDeleted: "659a5b14a9534ae2bbe658fd15ebb6f5"
    case .deletionFailed: "86350d91ffa54a0d9a88602b9d0d032a"
    case .tokenMismatch: "b0c75d51d1e24d498d5323266a78b5ba"
    case .verificationUnknown: "f4fd1253d15e451a996614271d49b07d"
    case .rollSettled: "189422a298514fd790974d490eb18fb6"
    case .entryRecovered: "a3343541e5284e3a8614ecc16e1d6297"
    case .stateForeign: "34bb3749a4e948f3a043d9dc67f0a0ab"
    case .watchdogWithheld: "354139e317104f7bbefb6b6efadc8f21"
    case .actionStarted: "1e3abc4f7aef454d8c5181bf95c43793"
    case .programOutput: "2f0db2eccd5d4957b2c9157587d30a4d"
    case .actionFinished: "4983d83a4a28472f9cdf1768115c1104"
    case .actionFailed: "71406b76c6f94fc68f0ecc596fecc15a"
    case .actionRecovered: "7b96980143104c7bb04169b35fd8fb06"
    case .stateNotWritten: "2fb92d5310f34e2e8af763564f8175c2"
    case .escrowNotErased: "8e815c03cf4343589f7a616fc3292652"
    case .escrowUnknown: "dd47fa0c88d64c8e87e4f65d002b8f45"
    case .startFailed: "8384e2dfa70748ef88f75d5ea5d6db5a"
    case .notificationFailed: "9dd09081d8a24acea1f9e04933fc2eee"
    case .destinationNotice: "ce1b46757f644e01a90892aeaa54c1e7"
    case .controlUnavailable: "c011a7a5875a49558fd925cd8d073df7"
    case .operatorRequest: "42ae1000a2bd46c3a25f21ef24e5f69f"
    case .rollingPaused: "d1468c22c25b4106bf56ee3ab8bcc529"
    case .rollingResumed: "48297c4096cc48cd9bdb93f68efcf57f"
    case .metricsNotWritten: "23181c2b29bf49169495973e8b3557e9"
    case .rollingHeld: "aa9921d585c9424cb24cdf05bf680d7a"
    case .holdLifted: "c96cd35ff9e547baa172fe0ee13be146"
    case .publishedSecretRefused: "99d2ba8b1e4943ebb96f4f41f71dcf89"
    case .fileDrifted: "e59d732a9ebb4958ba2d76f6907be9f7"
    case .rightsCorrected: "b27825c1eb0f4fec9369919f65ea7c46"
    case .tokenInactive: "637f041a261c40a8bb32ae22db8450a9"
    case .tokenExpiring: "988594550c214e54bb717f083579615f"
    case .secretAdopted: "6e9e7a4438674a508ccf63499420b55b"
    case .driftEnded: "c44c8f527f2c41c78abfabebbc7a34d7"
    case .credentialRenewed: "b256d42b25bf479bac536c1af0fa6f4f"
    case .credentialNotice: "d1e254558dee4991ad1f99ecdbd68da0"
    case .journalWasAway: "1f9029191a004ea38873c79f39c13f39"
    }
  }

  /// How grave an event of this kind is.
  public var priority: Priority {
    switch self {
    case .serviceReady, .serviceStopping, .rollStarted, .secretPublished, .programOutput,
      .actionFinished:
      .info
    case .operatorRequest, .rollingResumed, .holdLifted, .secretAdopted, .driftEnded, .configurationReloaded,
      .destinationNotice,
      .clockStepped,
      .rollDidNotHappen, .rollSettled, .entryRecovered, .actionRecovered, .credentialRenewed,
      .credentialNotice, .tokenReplaced, .tokenDeleted:
      .notice
    case .startFailed, .configurationRefused, .fileDrifted, .tokenInactive, .stateNotWritten,
      .rollRefusedForGood, .rollUncertain,
      .stateForeign,
      .actionFailed:
      .error
    case .metricsNotWritten, .controlUnavailable, .journalWasAway, .rollingPaused, .rollingHeld,
      .rightsCorrected,
      .tokenExpiring, .clockImplausible,
      .notificationFailed,
      .escrowNotErased,
      .rollNotReady, .rollRefused, .rateLimited,
      .publishedWithNarrowerRights,
      .secretFormUnexpected, .replacementUncertain, .deletionFailed, .verificationUnknown, .standbySecretLost,
      .pairUnequal:
      .warning
    case .entryPlanned, .secretEscrowed, .actionStarted:
      .debug
    case .escrowUnknown, .publishedSecretRefused, .rollHappenedSecretLost, .escrowFailed, .escrowNotOpened,
      .publicationFailed,
      .secretRefused, .secretWithheld,
      .tokenMismatch,
      .watchdogWithheld:
      .critical
    }
  }
}
