#pragma once
#include <sqlite3.h>
#include <stddef.h>

// A macro that casts an integer to a function pointer, which Swift cannot import.
static inline sqlite3_destructor_type tr_sqlite_transient(void) { return SQLITE_TRANSIENT; }
