/*
 * web.h - a small HTTP/1.1 server for files and short texts
 *
 * GET and HEAD, connections that stay open, requests one after the other (RFC 9112).
 * Who asks is not trusted: requests are bounded and a silent client is dropped.  It knows
 * no site: what lies under a path is the caller's answer.
 */
#ifndef DRYDOCK_WEB_H
#define DRYDOCK_WEB_H

#include "sandbox/base/base.h"
#include <stdint.h>

enum { WEB_PATH_MAX = 1024, WEB_HEAD_MAX = 16384 };

/* ---- pure ---- */

struct web_request {
	char path[WEB_PATH_MAX]; /* percent-decoded, without query; begins with "/" */
	bool head;               /* HEAD: the answer has no body */
	bool last;               /* the connection closes after the answer */
	int status;              /* 200, or why it is refused: 400, 405, 414 */
};

/* Reads the request at the start of text.  Returns the bytes it takes, 0 when its end has
 * not come yet.  A refused request is one too (see status; last is then set). */
size_t web_parse(const char *text, size_t len, struct web_request *ret);

/* ---- serving ---- */

/* An answer; begins as 404 without a body. */
struct web_reply {
	int status;
	const char *type; /* Content-Type, static text */
	struct buf text;  /* the body, or for 301 the Location */
	int fd;           /* a file to send instead, taken; -1: none */
};

struct web_site {
	void (*get)(void *arg, const char *path, struct web_reply *reply);
	void *arg;
};

/* A listening socket on 127.0.0.1 of the caller's network namespace, also when its lo is
 * still down.  Gives; ERR_CONFLICT when the port is taken. */
int web_listen(uint16_t port, struct err *err);
/* Serves until it is killed, a process for each connection, which ends with this one.
 * Never returns; to be called in a process of its own. */
_Noreturn void web_serve(int listener, const struct web_site *site);

#endif
