/*
 * health.h - a container's health check (private to this module)
 *
 * health.c is the record, probe.c runs the check; the monitor owns both.
 */
#ifndef DRYDOCK_CONTAINER_HEALTH_H
#define DRYDOCK_CONTAINER_HEALTH_H

#include "sandbox/container/private.h"

enum { PROBE_OUTPUT = 4096 };

/* What one run of the check has given. */
struct probe_result {
	int64_t start, end; /* clock_now() */
	int code;           /* 0: healthy; -1: it took too long or did not start */
	char output[PROBE_OUTPUT + ERR_TEXT_MAX];
};

/* Is there a check to run? */
bool health_wanted(const struct container_health *h);
/* A run has started: the record says "starting", or goes when there is no check. */
void health_begin(int dir, const struct container_health *h);
/* Writes down a result; the status that it leads to, and the one before. */
enum container_healthy health_note(int dir, const struct container_health *h,
    int64_t started_at, const struct probe_result *r, enum container_healthy *before);

/* ---- probe.c: in the monitor, one check at a time */

struct probe {
	const struct launch *launch;
	int fd;      /* readable when the result is there; -1: none is under way */
	pid_t pid;   /* of our fork that runs the check */
	int64_t due; /* of the next one, CLOCK_MONOTONIC; 0: none */
};

/* For the run that has just been started. */
void probe_begin(struct probe *p, const struct launch *l);
/* At p->due. */
void probe_start(struct probe *p);
/* When p->fd is readable: notes the result and sets p->due. */
void probe_take(struct probe *p);
/* The container has ended. */
void probe_end(struct probe *p);

#endif
