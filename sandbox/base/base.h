/*
 * base.h - the one door of the base module: everything else stands on it
 *
 * Base holds what any C program of ours needs and nothing that knows of
 * containers: errors, strings, files, processes, JSON, hashes, time.
 * It includes nothing of ours but itself.
 *
 * Ownership words used in every header of this project:
 *   borrows   the callee only looks (the default, unsaid)
 *   takes     the callee frees it, also on failure
 *   gives     the caller frees it; the comment says with what
 *
 * Functions that can fail return 0 or -1 (or a pointer or NULL) and fill the
 * struct err passed as their last parameter.  Running out of memory for small
 * things ends the process; sizes that come from outside go through a bounded
 * struct buf and fail as an ordinary error.
 */
#ifndef DRYDOCK_BASE_H
#define DRYDOCK_BASE_H

#include "sandbox/base/base64.h"
#include "sandbox/base/buf.h"
#include "sandbox/base/clock.h"
#include "sandbox/base/copy.h"
#include "sandbox/base/err.h"
#include "sandbox/base/fd.h"
#include "sandbox/base/json.h"
#include "sandbox/base/log.h"
#include "sandbox/base/mem.h"
#include "sandbox/base/path.h"
#include "sandbox/base/proc.h"
#include "sandbox/base/str.h"
#include "sandbox/base/vec.h"
/* hash.h is included by name where it is needed: it brings nettle. */

#endif
