/*
 * fetch.h - one URL to one file: size, SHA-256, resume, progress out
 *
 * Two halves.  fetch_url() does the work with libcurl and is linked by the
 * program libexec/drydock/fetch alone (fetch_main).  All others start that
 * program and speak its line protocol, so that none of them links libcurl:
 *
 *     to it:    URL SIZE SHA256 DESTINATION    ("-" for an unknown size or sum)
 *     from it:  at BYTES                       now and then while it runs
 *               done BYTES                     bytes that came over the network
 *               fail KIND MESSAGE              KIND: gone, net, bad, file
 *
 * One job at a time a process; it ends when its input ends.  With arguments
 * (URL SIZE SHA256 DESTINATION) it does that one job and exits.
 */
#ifndef DRYDOCK_FETCH_H
#define DRYDOCK_FETCH_H

#include "sandbox/base/base.h"

enum fetch_kind {
	FETCH_OK,
	FETCH_GONE, /* the server has no such file (HTTP 404, 410) */
	FETCH_NET,  /* no connection, time-out, another HTTP status */
	FETCH_BAD,  /* all came, but its size or SHA-256 is another one */
	FETCH_FILE, /* the destination cannot be written */
};

struct fetch_job {
	char *url;    /* http, https or file */
	int64_t size; /* bytes, -1: unknown; more is never written */
	char *sha256; /* 64 hex digits, NULL: not checked */
	char *dest;   /* the file; DEST.part beside it while it is incomplete */
};

void fetch_job_done(struct fetch_job *job);

/* ---- protocol (fetch/protocol.c: no libcurl) ---- */

/* Reads a job line without its newline into *job (freed with fetch_job_done).
 * ERR_INPUT when it is none. */
int fetch_job_parse(const char *line, struct fetch_job *job, struct err *err);
/* Appends the job line with its newline. */
void fetch_job_format(const struct fetch_job *job, struct buf *out);

struct fetch_report {
	enum { FETCH_AT, FETCH_DONE, FETCH_FAILED } what;
	int64_t bytes;        /* FETCH_AT: of the file; FETCH_DONE: over the network */
	enum fetch_kind kind; /* FETCH_FAILED */
	const char *text;     /* FETCH_FAILED: the message, borrowed from line */
};
/* Reads a line from the program; ERR_CORRUPT when it is none. */
int fetch_report_parse(const char *line, struct fetch_report *ret, struct err *err);
/* Appends one with its newline. */
void fetch_report_format(const struct fetch_report *report, struct buf *out);

/* ---- the work (fetch/url.c: libcurl) ---- */

struct fetch_client;
/* A client keeps connections open between jobs.  Gives; fetch_client_free(). */
struct fetch_client *fetch_client_new(void);
void fetch_client_free(struct fetch_client *client);

/* Fetches the job's URL into its file.  A DEST.part of an earlier try is continued with
 * Range; when the server gives the whole file instead it starts anew.  What is complete
 * and has the right sum is renamed to DEST; a file of a wrong size or sum is removed.
 * progress (may be NULL) is called with the bytes of the file that are there.  Sets
 * *ret_network to the bytes received (may be NULL).  Returns the kind; *err says more. */
enum fetch_kind fetch_url(struct fetch_client *client, const struct fetch_job *job,
    void (*progress)(void *arg, int64_t bytes), void *arg, int64_t *ret_network,
    struct err *err);

/* The program: see above.  Prints the protocol on standard output; returns the exit
 * code: 0, or 1 when the one job of its arguments failed. */
int fetch_main(int argc, char **argv);

#endif
