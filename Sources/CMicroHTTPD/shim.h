#pragma once
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <microhttpd.h>
#include <stddef.h>
#include <sys/socket.h>

/* MHD_start_daemon and MHD_get_connection_info are variadic, which Swift cannot call. */

#pragma clang assume_nonnull begin

/// Starts a daemon with an array of options that ends with MHD_OPTION_END; null where it cannot start.
static inline struct MHD_Daemon *_Nullable sandbox_mhd_start(
    unsigned int flags, MHD_AccessHandlerCallback handler, void *context,
    const struct MHD_OptionItem *options) {
  return MHD_start_daemon(
      flags, 0, NULL, NULL, handler, context, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}

/// The option that names the function called when a request has ended.
static inline struct MHD_OptionItem sandbox_mhd_completed_option(
    MHD_RequestCompletedCallback callback, void *context) {
  struct MHD_OptionItem item = {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)callback, context};
  return item;
}

/// The connection's socket, or -1.
static inline int sandbox_mhd_socket(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info ? info->connect_fd : -1;
}

/// The connection's TLS session, or null where it has none.
static inline gnutls_session_t _Nullable sandbox_mhd_session(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
  return info ? (gnutls_session_t)info->tls_session : NULL;
}

/// The peer's address, or null.
static inline const struct sockaddr *_Nullable sandbox_mhd_peer(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  return info ? info->client_addr : NULL;
}

/// Frees what GnuTLS allocated: gnutls_free is a global variable, which Swift 6 refuses.
static inline void sandbox_gnutls_free(void *_Nullable memory) { gnutls_free(memory); }

#pragma clang assume_nonnull end
