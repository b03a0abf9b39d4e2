/// What `--help` prints, within 80 columns.
enum HelpText {
  static let text = """
    Usage: tokenroll-sandbox [OPTION...]

    A stand-in for the part of the Cloudflare API that serves account-owned API
    tokens, for trying tokenroll out and for tests. It answers as the API does,
    and misbehaves when told to. It serves until SIGTERM or SIGINT; once it
    accepts connections it prints one line, "listening on URL", where URL is what
    tokenroll's configuration takes as the base of the API.

    Listening
      --listen ADDR:PORT      where to listen; port 0 takes any that is free, an
                              IPv6 address stands in brackets
                              (default: 127.0.0.1:8787)
      --allow-non-loopback    accept an address that other machines can reach
      --ready-file PATH       write the URL to PATH once connections are accepted
      --tls                   serve https, with a certificate for localhost,
                              127.0.0.1 and ::1 and a test CA made at each start
      --ca-file PATH          write the test CA's certificate (PEM) to PATH
      --tls-certificate WHICH good, expired, wrong-host or self-signed
                              (default: good)
      --tls-max-version V     1.1, 1.2 or 1.3; the newest version spoken
                              (default: 1.3)

    Accounts and tokens
      --demo DIR              keep made-up accounts in DIR/fixture.json, made at
                              the first start, kept up to date and read again at
                              the next; DIR/credential has the secret that may
                              roll, DIR/ca.pem the test CA under --tls
      --account ID            make an account of this identifier (32 characters);
                              may be repeated (default: one account)
      --tokens N              make N tokens in each account, beside one named
                              "credential" that may roll them (default: 3)
      --fixture FILE          start with the accounts and tokens of FILE (JSON)
      --state FILE            keep accounts and tokens in FILE, in the form of a
                              fixture; when it exists, it is what is started with

    Behaviour
      --rate-limit [N/S]      refuse more than N calls of a credential in S
                              seconds, then every call for S seconds
                              (default: no limit; without a value: 1200/300)
      --fault SPEC            misbehave, see below; may be repeated
      --seed N                seed of the faults' probabilities (default: 0)

    Other
      -v, --verbose           log each request on standard error, never a secret
      -h, --help              print this and exit
          --version           print the version and exit

    Faults
      SPEC is KIND[,KEY=VALUE...], or a JSON object with "kind" and the same keys.
      The first fault that matches a call is used; POST /admin/faults adds faults
      to a running sandbox, DELETE /admin/faults removes them.

      Which calls (all kinds):
        call=NAME[+NAME...]   list, create, get, update, delete, roll, verify or
                              permission_groups (default: all)
        token=ID, account=ID  only calls about this token, this account
        skip=N                the first N matching calls pass (default: 0)
        count=N|forever       so many calls are hit (default: 1)
        probability=P         a matching call is hit with probability P (0 to 1)
        delay_before_ms=N     wait before the call takes effect
        delay_after_ms=N      wait between the effect and the answer
        headers.NAME=VALUE    add a header to the answer
        retry_after=TEXT      add Retry-After, as it stands

      Kinds that send the call's own answer, so that the call takes effect:
        delay                 the answer itself, late
        cut                   at=N: only N bytes of the body; end=
        drip                  bytes_per_second=N: the body so slowly
        big-body              mib=N: N MiB of white space before the body
        no-result             success without a result
        status-line           only the first line; end=

      Kinds that send something else; the call takes effect with commit=yes, or
      with commit_after_ms=N so long after the answer, else not at all:
        refuse                status=N code=N message=TEXT: an error
        reset                 the connection is reset (TCP RST)
        close                 the connection is closed without an answer
        hang                  for_ms=N: no answer, the connection stays open
        html                  status=N: a page, as from the edge
        empty                 status=N: no body
        unsuccessful          status=N code=N message=TEXT: success is false
        result                json=TEXT: TEXT as the result, as it stands
        body                  body=TEXT status=N content_type=TEXT
        redirect              status=N location=URL
        gzip-bomb             mib=N: a small body that unpacks to N MiB
        raw                   bytes=TEXT or hex=DIGITS, nothing else; end=

      end= is close (default) or reset.

    Administration, on the same port, from this machine only, in JSON
      GET    /admin/tokens[/ID]   tokens, their secrets, rolls and requests
      POST   /admin/tokens/ID     set "status", "expires_on", "secret"
      GET    /admin/faults        faults in force
      POST   /admin/faults        add a fault, or an array of faults
      DELETE /admin/faults[/N]    remove all faults, or one
      GET    /admin/requests      requests; ?call= ?token= ?last=
      GET    /admin/wait          answer once rolls=N took effect, or received=N
                                  or answered=N requests are reached; with token=
                                  and call= of those only, 408 after timeout=S
                                  seconds (default: 30)

    Exit status
      0 stopped by a signal, 64 a mistake on the command line, 65 a file that
      holds something else than expected, 71 the system refused something.

    """
}
