/// `defaults`: what an entry has where it does not say otherwise.
struct EntryDefaults {
  var accountID = Field<String>.absent
  var credential = Field<String>.absent
  var schedule = ScheduleParts()
  var destination = DestinationParts()
  var reload = Field<[String]>.absent
  var verify = VerifyParts()
  var programs = ProgramFields()
}
