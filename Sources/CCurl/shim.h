#pragma once
#include <curl/curl.h>

// Swift's Glibc module leaves these out: epoll(7), for libcurl's sockets, and malloc_usable_size(3), for its memory.
#include <malloc.h>
#include <sys/epoll.h>

// curl_easy_setopt, curl_easy_getinfo and curl_multi_setopt are variadic, which Swift cannot import:
// one function for each kind of argument.
static inline CURLcode tr_curl_setopt_long(CURL *_Nonnull h, CURLoption o, long v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode tr_curl_setopt_string(CURL *_Nonnull h, CURLoption o, const char *_Nullable v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode tr_curl_setopt_pointer(CURL *_Nonnull h, CURLoption o, void *_Nullable v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode tr_curl_setopt_list(CURL *_Nonnull h, CURLoption o, struct curl_slist *_Nullable v) { return curl_easy_setopt(h, o, v); }
typedef size_t (*tr_curl_write_function)(char *_Nonnull, size_t, size_t, void *_Nullable);
static inline CURLcode tr_curl_setopt_write(CURL *_Nonnull h, CURLoption o, tr_curl_write_function _Nullable f) { return curl_easy_setopt(h, o, f); }
static inline CURLcode tr_curl_setopt_prereq(CURL *_Nonnull h, curl_prereq_callback _Nullable f) { return curl_easy_setopt(h, CURLOPT_PREREQFUNCTION, f); }
static inline CURLcode tr_curl_setopt_debug(CURL *_Nonnull h, curl_debug_callback _Nullable f) { return curl_easy_setopt(h, CURLOPT_DEBUGFUNCTION, f); }
static inline CURLMcode tr_curl_multi_setopt_long(CURLM *_Nonnull m, CURLMoption o, long v) { return curl_multi_setopt(m, o, v); }
static inline CURLMcode tr_curl_multi_setopt_pointer(CURLM *_Nonnull m, CURLMoption o, void *_Nullable v) { return curl_multi_setopt(m, o, v); }
static inline CURLMcode tr_curl_multi_setopt_socket(CURLM *_Nonnull m, curl_socket_callback _Nullable f) { return curl_multi_setopt(m, CURLMOPT_SOCKETFUNCTION, f); }
static inline CURLMcode tr_curl_multi_setopt_timer(CURLM *_Nonnull m, curl_multi_timer_callback _Nullable f) { return curl_multi_setopt(m, CURLMOPT_TIMERFUNCTION, f); }
static inline CURLcode tr_curl_setopt_opensocket(CURL *_Nonnull h, curl_opensocket_callback _Nullable f) { return curl_easy_setopt(h, CURLOPT_OPENSOCKETFUNCTION, f); }
