/*
 * profile.h - a seccomp profile in Docker's JSON as a table of system calls
 */
#ifndef DRYDOCK_RUNTIME_PROFILE_H
#define DRYDOCK_RUNTIME_PROFILE_H

#include "sandbox/base/base.h"
#include "sandbox/runtime/filter.h"

struct profile {
	uint32_t table[FILTER_CALLS];
	struct filter_rule rules[FILTER_MAX_RULES];
	int nrules;
	uint32_t fallback; /* the profile's default action */
};

/* Reads text over a table in which FILTER_NOSYS marks calls younger than any profile.
 * caps decides over "includes" and "excludes"; names are this machine's calls.  ERR_INPUT
 * when it is no profile. */
int profile_read(struct profile *p, const char *text, const struct filter_name *names,
    size_t nnames, uint64_t caps, struct err *err);

#endif
