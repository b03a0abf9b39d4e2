# Installs what was built. Included by the Makefile, and used alone by the Debian package:
#   make -f deploy/install.mk install DESTDIR=/tmp/root PREFIX=/usr BUILD=.build/release
# Nothing is built here, no user is made and no service started: after an installation without a package, run
#   systemd-sysusers && systemd-tmpfiles --create && journalctl --update-catalog && systemctl daemon-reload

DESTDIR ?=
PREFIX ?= /usr
BUILD ?= .build/release
UNITDIR ?= /usr/lib/systemd/system

BINDIR = $(DESTDIR)$(PREFIX)/bin
DATADIR = $(DESTDIR)$(PREFIX)/share
MANDIR = $(DATADIR)/man
DOCDIR = $(DATADIR)/doc/tokenroll
# Where systemd, polkit and journalctl look, whatever the prefix.
SYSTEMD = $(DESTDIR)/usr/lib
POLKIT = $(DESTDIR)/usr/share/polkit-1/rules.d

.PHONY: install install-service install-sandbox

install: install-service install-sandbox

# Under another prefix the units have to start the program where it is.
install-service:
	install -D -m 0755 $(BUILD)/tokenroll $(BINDIR)/tokenroll
	install -d $(DESTDIR)$(UNITDIR)
	for unit in tokenroll.service tokenroll-encrypt.socket tokenroll-encrypt@.service; do \
	  sed 's#=/usr/bin/tokenroll#=$(PREFIX)/bin/tokenroll#' deploy/$$unit >$(DESTDIR)$(UNITDIR)/$$unit && \
	  chmod 0644 $(DESTDIR)$(UNITDIR)/$$unit || exit 1; \
	done
	install -D -m 0644 deploy/tokenroll.sysusers $(SYSTEMD)/sysusers.d/tokenroll.conf
	install -D -m 0644 deploy/tokenroll.tmpfiles $(SYSTEMD)/tmpfiles.d/tokenroll.conf
	install -D -m 0644 deploy/tokenroll.catalog $(SYSTEMD)/systemd/catalog/tokenroll.catalog
	install -D -m 0644 deploy/tokenroll.polkit.rules $(POLKIT)/50-tokenroll.rules
	install -D -m 0644 deploy/man/tokenroll.8 $(MANDIR)/man8/tokenroll.8
	install -D -m 0644 deploy/man/tokenroll.json.5 $(MANDIR)/man5/tokenroll.json.5
	install -D -m 0644 deploy/completions/tokenroll.bash $(DATADIR)/bash-completion/completions/tokenroll
	install -D -m 0644 deploy/completions/_tokenroll $(DATADIR)/zsh/vendor-completions/_tokenroll
	install -D -m 0644 deploy/completions/tokenroll.fish $(DATADIR)/fish/vendor_completions.d/tokenroll.fish
	install -D -m 0644 deploy/org.tokenroll.Control.varlink $(DATADIR)/varlink/org.tokenroll.Control.varlink
	install -D -m 0644 deploy/config.schema.json $(DATADIR)/tokenroll/config.schema.json
	install -D -m 0644 -t $(DOCDIR) docs/configuration.md docs/operations.md docs/control.md docs/security.md
	install -D -m 0644 -t $(DOCDIR)/examples config.example.json
	install -D -m 0644 -t $(DATADIR)/tokenroll/prometheus deploy/prometheus/tokenroll.rules.yml \
	  deploy/prometheus/tokenroll-dashboard.json
	install -D -m 0644 -t $(DOCDIR)/examples/drop-ins deploy/253-notify-reload.conf $(wildcard deploy/drop-ins/*.conf)

install-sandbox:
	install -D -m 0755 $(BUILD)/tokenroll-sandbox $(BINDIR)/tokenroll-sandbox
	install -D -m 0644 deploy/man/tokenroll-sandbox.1 $(MANDIR)/man1/tokenroll-sandbox.1
