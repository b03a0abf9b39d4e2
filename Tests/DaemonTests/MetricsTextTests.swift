import Core
import Testing

@testable import Daemon

/// The metrics as a text, in both formats.
@Suite struct MetricsTextTests {
  private func lines(_ format: MetricsText.Format, of metrics: ServiceMetrics = .sample) -> [String] {
    metrics.text(format).split(separator: "\n").map(String.init)
  }

  @Test func everyNumberIsInTheText() {
    let lines = Set(lines(.prometheus))
    for line in [
      "tokenroll_build_info{version=\"\(Version.current)\"} 1", "tokenroll_running 1",
      "tokenroll_start_time_seconds 1000", "tokenroll_clock_trusted 1",
      "tokenroll_config_last_reload_successful 0", "tokenroll_config_last_reload_timestamp_seconds 2000",
      #"tokenroll_entries{state="waiting"} 1"#, #"tokenroll_entries{state="failed"} 0"#,
      "tokenroll_uncertain_rolls 1", "tokenroll_unpublished_secrets 2", "tokenroll_unready_entries 3",
      "tokenroll_units_unreloaded 5", "tokenroll_deletions_pending 8", "tokenroll_deletions_failing 9",
      "tokenroll_deletion_failing_since_timestamp_seconds 2500",
      "tokenroll_paused_entries 4", #"tokenroll_pause_start_timestamp_seconds{entry=""} 3000"#,
      #"tokenroll_pause_start_timestamp_seconds{entry="dns"} 4000"#,
      #"tokenroll_entry_healthy{entry="dns"} 1"#, #"tokenroll_entry_failures{entry="dns"} 0"#,
      #"tokenroll_entry_last_attempt_timestamp_seconds{entry="dns"} 5000"#,
      #"tokenroll_entry_last_success_timestamp_seconds{entry="dns"} 5001"#,
      #"tokenroll_entry_next_due_timestamp_seconds{entry="dns"} 6000"#,
      #"tokenroll_entry_replacement_due_timestamp_seconds{entry="dns"} 7000"#,
      #"tokenroll_credential_requests_left{credential="main"} 1199"#,
      #"tokenroll_credential_requests_waiting{credential="main"} 5"#, "tokenroll_request_limit 1200",
      #"tokenroll_rolls_total{outcome="settled"} 6"#, #"tokenroll_rolls_total{outcome="lost"} 0"#,
      #"tokenroll_api_requests_total{call="roll",result="succeeded"} 7"#,
      #"tokenroll_api_requests_total{call="verify",result="rate_limited"} 0"#,
      #"tokenroll_events_total{event="rollSettled"} 8"#,
    ] { #expect(lines.contains(line), "\(line)") }
  }

  @Test func bucketsOfAHistogramAddUp() {
    let latencies = lines(.openMetrics).filter {
      $0.hasPrefix("tokenroll_api_request_duration_seconds") && $0.contains("\"roll\"")
    }
    #expect(
      latencies.map { String($0.dropFirst("tokenroll_api_request_duration_seconds".count)) } == [
        #"_bucket{call="roll",le="0.1"} 1"#, #"_bucket{call="roll",le="0.25"} 2"#,
        #"_bucket{call="roll",le="0.5"} 2"#, #"_bucket{call="roll",le="1.0"} 2"#,
        #"_bucket{call="roll",le="2.5"} 2"#, #"_bucket{call="roll",le="5.0"} 2"#,
        #"_bucket{call="roll",le="10.0"} 2"#, #"_bucket{call="roll",le="30.0"} 2"#,
        #"_bucket{call="roll",le="+Inf"} 3"#, #"_sum{call="roll"} 31.201"#, #"_count{call="roll"} 3"#,
      ])
  }

  @Test func onlyOpenMetricsLeavesSuffixesOutOfFamiliesAndHasAnEnd() {
    let openMetrics = lines(.openMetrics)
    #expect(openMetrics.last == "# EOF")
    #expect(openMetrics.contains("# TYPE tokenroll_build info"))
    #expect(openMetrics.contains("# TYPE tokenroll_rolls counter"))
    let prometheus = lines(.prometheus)
    #expect(!prometheus.contains("# EOF"))
    #expect(prometheus.contains("# TYPE tokenroll_build_info gauge"))
    #expect(prometheus.contains("# TYPE tokenroll_rolls_total counter"))
    // The samples are the same.
    #expect(openMetrics.filter { !$0.hasPrefix("#") } == prometheus.filter { !$0.hasPrefix("#") })
  }

  @Test func whatIsNotKnownIsLeftOut() {
    var metrics = ServiceMetrics.sample
    metrics.entries[0].lastSuccess = nil
    let samples = lines(.prometheus, of: metrics).filter { $0.contains("last_success") && !$0.hasPrefix("#") }
    #expect(samples.isEmpty)
  }
}
