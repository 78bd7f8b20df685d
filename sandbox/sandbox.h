/*
 * sandbox.h - the one door between the tutor and the engine
 *
 * What the tutor may do with the engine: open a session, run a docker command
 * in it (by exec of the drydock program, never in process), follow what happens,
 * read facts in process (session.h, container.h, store.h), and start the one
 * container that is no docker container: the student's workstation.
 *
 * A docker command is run for a CLIENT: whoever typed it, wherever that is.  A
 * client has a root folder, a folder, standard streams and an environment; every
 * path in the command means the client's.  It travels to the program as
 *
 *     DRYDOCK_SESSION     the session's name
 *     DRYDOCK_CLIENT      "ROOTFD:CWDFD:CWDPATH": inherited O_PATH descriptors of its
 *                         root and its folder, and the folder's path as it sees it.
 *                         All client paths are opened below ROOTFD (fd_open_in).
 *     DRYDOCK_CLIENT_ENV  "FD": inherited, readable: the client's environment as
 *                         NUL-terminated "K=V"; for `-e NAME` and `--build-arg NAME`
 *     DRYDOCK_CLIENT_INPUT "FD": inherited, writable: gets "1" before standard input is
 *                         read once, "*" before it is read to its end
 *     DRYDOCK_ASKED       set: the tutor asks, not the student; the event log does not
 *                         tell of the command (else: type "command", action the path
 *                         ("build"), attributes exitCode and words (argv))
 *
 * without DRYDOCK_CLIENT the client is the process itself.
 */
#ifndef DRYDOCK_SANDBOX_H
#define DRYDOCK_SANDBOX_H

#include "sandbox/base/base.h"
#include "sandbox/container/container.h"
#include "sandbox/session/session.h"
#include "sandbox/store/store.h"

/* ---- a session, opened --------------------------------------------------------------
 */

struct sandbox;

enum sandbox_outer {
	SANDBOX_OUTER_HOST,    /* localhost is this machine's */
	SANDBOX_OUTER_PRIVATE, /* localhost is a network made for the session */
};

/* Opens (and makes) the session `name` in DRYDOCK_HOME.  A private outer network is made
 * now and lives until sandbox_free() or the end of this process, however it ends.
 * Gives *ret; sandbox_free(). */
int sandbox_open(
    const char *name, enum sandbox_outer outer, struct sandbox **ret, struct err *err);
/* Accepts NULL. */
void sandbox_free(struct sandbox *s);
void sandbox_free_p(struct sandbox **s);
#define cleanup_sandbox __attribute__((cleanup(sandbox_free_p)))

/* What is below, for reading facts in process.  Borrowed. */
struct session *sandbox_session(const struct sandbox *s);
struct store *sandbox_store(const struct sandbox *s);

/* Path of a program of ours: "drydock", or one of libexec's ("shim", ...), whether we
 * are run in place or installed.  Gives; free(). */
char *sandbox_program(const char *name, struct err *err);

/* ---- a docker command
 * ------------------------------------------------------------------ */

struct sandbox_client {
	int root;             /* O_PATH; -1: our own / */
	int cwd;              /* O_PATH; -1: our own folder */
	const char *cwd_path; /* as the client sees it; NULL: our own */
	int in, out, errfd;   /* streams; -1: /dev/null; 0: ours (as in proc.h) */
	char *const *env;     /* the client's environment; NULL: ours */
	int reads;            /* DRYDOCK_CLIENT_INPUT; -1 or 0: nobody asks */
	bool asked; /* the tutor's own question: not in the event log as a command */
};
#define SANDBOX_CLIENT_INIT \
	{ \
		.root = -1, .cwd = -1, .in = -1 \
	}

/* Starts `docker ARGV...` (argv without the word docker) for the client, in a process
 * group of its own.  Of the client's environment only what docker itself reads becomes
 * environment of the program (a lesson must not choose our LD_PRELOAD); all of it
 * goes by DRYDOCK_CLIENT_ENV.  Returns the pid. */
pid_t sandbox_docker_start(struct sandbox *s, const struct sandbox_client *c,
    char *const *argv, struct err *err);
/* Starts, appends standard output and error (both, in order) to out, waits; returns the
 * exit code.  Bounded by out->max: what is more is dropped.  timeout_ms > 0: killed after
 * that, ERR_LIMIT. */
int sandbox_docker_capture(struct sandbox *s, const struct sandbox_client *c,
    char *const *argv, int timeout_ms, struct buf *out, struct err *err);

/* ---- the outer network
 * -------------------------------------------------------------------- */

/* In a forked child: be in the session's outer network (nothing to do for the host's), to
 * connect to what the student calls localhost.  Enters the holder's user namespace. */
int sandbox_enter_outer(struct sandbox *s, struct err *err);

/* ---- events
 * --------------------------------------------------------------------------------- */

/* Where the event log ends now, in bytes; -1 on failure. */
long long sandbox_events_offset(struct sandbox *s, struct err *err);
/* Calls event(arg, object) for each whole line from *offset on, and moves *offset behind
 * them.  Returns how many there were, or -1. */
int sandbox_events_read(struct sandbox *s, long long *offset,
    void (*event)(void *arg, const json_t *object), void *arg, struct err *err);

/* ---- time travel: checkpoint.c
 * --------------------------------------------------------------- */

/* Keeps session and workspace (an absolute path) as they are now, under a key
 * (session.h).  text: for people, when it is looked at. */
int sandbox_checkpoint_make(struct sandbox *s, const char *key, const char *workspace,
    const char *text, struct err *err);
/* Makes s and the workspace as `from` (s itself, or another session) kept them:
 * containers that run now end, those that ran then are started again.  Appends to told
 * what the student should know, a clause each. */
int sandbox_checkpoint_open(struct sandbox *s, struct sandbox *from, const char *key,
    enum session_opening how, const char *workspace, struct vec *told, struct err *err);
/* Does again what a killed sandbox_checkpoint_open() has begun; nothing to do is fine. */
int sandbox_checkpoint_finish(
    struct sandbox *s, const char *workspace, struct vec *told, struct err *err);

/* ---- the workstation's container
 * ---------------------------------------------------------------- */

struct sandbox_box_fd {
	int fd, number;
};

struct sandbox_box_spec {
	const char *const
	    *images;           /* references, NULL-terminated: the first there is taken */
	const char *workspace; /* host folder, absolute; mounted at the same path */
	int socket_dir;        /* folder with the docker socket, at SANDBOX_SOCKET_DIR */
	int shim;              /* the static docker program; O_PATH; -1: none */
	const char *const *argv;
	const char *const *env;
	const char *cwd;
	const char *hostname;
	const struct sandbox_box_fd *fds; /* descriptors that argv gets, borrowed */
	size_t nfds;
	unsigned short rows, cols;
};
#define SANDBOX_SOCKET_DIR "/dev/drydock/docker"

/* A running box: its keeper is a child of ours that is its parent. */
struct sandbox_box {
	pid_t keeper;
	int report;  /* the keeper's messages: console, then the exit */
	int console; /* master side of its terminal; -1 until sandbox_box_wait() */
};
#define SANDBOX_BOX_INIT \
	{ \
		.keeper = -1, .report = -1, .console = -1 \
	}

/* Starts it beside us: returns at once.  It ends when this process ends, however that
 * happens.  Everything given by number is used in a fork, so it may be closed after. */
int sandbox_box_start(struct sandbox *s, const struct sandbox_box_spec *spec,
    struct sandbox_box *ret, struct err *err);
/* Waits until its program runs (console is filled in) or could not be started. */
int sandbox_box_wait(struct sandbox_box *b, struct err *err);
/* Ends it and cleans up.  Empty ones are fine. */
void sandbox_box_stop(struct sandbox_box *b);

/* ---- facts: facts*.c -----------------------------------------------------------------
 *
 * What is so now, as JSON objects that whoever judges can look into.  Nothing here
 * changes anything.  All give a new object; NULL and *err when it could not be found out,
 * which is never the same as "there is none".
 */

/* An image by what the user calls it: {"exists":false}, or {"exists":true, "id":HEX,
 * "size":bytes, "layers":n, "config":{as in docker image inspect}, "history":[{"by":TEXT,
 * "empty":bool}, ...] lowest first, "base":{"ref":..., "layers":n, "history":n}}.  base
 * is what FROM names at the root of the target's chain of stages, from the record of the
 * build; without a record the local image with most layers whose layers are this one's
 * lowest; else "base" is missing. */
json_t *sandbox_fact_image(struct sandbox *s, const char *name, struct err *err);
/* [{"id":HEX,"names":["python:3.9-slim", ...]}, ...], Drydock's own left out. */
json_t *sandbox_fact_images(struct sandbox *s, struct err *err);
/* A container by name or id: {"exists":false}, or {"exists":true, "id":HEX, "name":...,
 * "image":as it was written, "image_id":HEX, "status":"created"|"running"|"exited",
 * "exit_code":n, "error":TEXT if a start failed, "started":ns, "auto_remove":bool,
 * "command":[...], "ports":[{"port":"5000/tcp","host":5000}, ...] published now}. */
json_t *sandbox_fact_container(struct sandbox *s, const char *name, struct err *err);
/* All of them, newest first. */
json_t *sandbox_fact_containers(struct sandbox *s, struct err *err);
/* The last max bytes of what a container has printed, as one string. */
json_t *sandbox_fact_log(
    struct sandbox *s, const char *name, size_t max, struct err *err);
/* {"exists":false}, or {"exists":true, "kind":"file"|"folder"|"other", "text": the first
 * max bytes of a file}: a path of an image as a container would see it. */
json_t *sandbox_fact_image_file(
    struct sandbox *s, const char *image, const char *path, size_t max, struct err *err);
/* {"layers":n}: how many of an image's layers hold something at this path, deleted above
 * or not; {"layers":0, "no_image":true} without the image. */
json_t *sandbox_fact_layers_file(
    struct sandbox *s, const char *image, const char *path, struct err *err);
/* Names of the wheels that pip finds without a network. */
json_t *sandbox_fact_wheels(struct sandbox *s);

/* Names of the packages that apt finds without a network, in any suite; sorted. */
json_t *sandbox_fact_debs(struct sandbox *s);

/* A Dockerfile's text: {"instructions":[{"line":n, "text":"COPY . ."}, ...]} with
 * continuations joined, keywords in capitals and JSON arrays evenly spaced, or
 * {"problem":Docker's words, "line":n}. */
json_t *sandbox_fact_dockerfile(const char *text, size_t len);
/* What a build would see of the context folder (borrowed) and its .dockerignore that fits
 * a glob (or lies below a folder that does): {"included":[some paths], "excluded":n,
 * "rules":bool: a file of this name would be left out}. */
json_t *sandbox_fact_context(int folder, const char *glob, struct err *err);

/* Do both texts name the same image ("app" and "docker.io/library/app:latest")? */
bool sandbox_same_name(const char *a, const char *b);
/* Does the pattern (* and ?, everything else is itself) fit the whole text? */
bool sandbox_glob(const char *pattern, const char *text);

#endif
