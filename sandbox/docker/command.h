/*
 * command.h - what the commands' files share
 *
 * Private to the docker module.  A command's function returns the exit code and
 * has printed whatever there was to say, in Docker's words.
 */
#ifndef DRYDOCK_DOCKER_COMMAND_H
#define DRYDOCK_DOCKER_COMMAND_H

#include "sandbox/container/container.h"
#include "sandbox/docker/docker.h"
#include "sandbox/format/format.h"
#include "sandbox/image/image.h"
#include <stdio.h>

#define DOCKER_RELEASE "28.2.2"        /* whose command line this is, to the letter */
#define DOCKER_ENGINE "26.1.5"         /* whose engine's words these are */
#define DOCKER_OURS "drydock.internal" /* domain of images that are never listed */

/* Help of --format; its lines are broken where Docker breaks them. */
#define FORMAT_HELP \
	"Format output using a custom template:\n'table':            Print output in " \
	"table format with column headers (default)\n'table TEMPLATE':   Print output " \
	"in table format using the given Go template\n'json':             Print in " \
	"JSON format\n'TEMPLATE':         Print output using the given Go " \
	"template.\nRefer to https://docs.docker.com/go/formatting/ for more " \
	"information about formatting output with templates"

#define INSPECT_FORMAT_HELP \
	"Format output using a custom template:\n'json':             Print in JSON " \
	"format\n'TEMPLATE':         Print output using the given Go " \
	"template.\nRefer to https://docs.docker.com/go/formatting/ for more " \
	"information about formatting output with templates"

/* ---- the world (world.c) ---- */

/* The session, opened when first asked for; borrowed.  NULL and *err on failure. */
struct session *docker_session(struct docker *d, struct err *err);

/* ---- saying what went wrong (say.c); all return the exit code ---- */

/* "Error response from daemon: ..." : the engine refused.  1. */
int docker_refused(const struct err *err);
/* The text alone: the command line itself refused.  1. */
int docker_failed(const struct err *err);
/* As docker_refused with run's frame; 125, 126 or 127.  create has no frame: 1. */
int docker_run_refused(const struct docker *d, const struct err *err);
/* "docker: TEXT" in the same frame; 125. */
int docker_run_failed(const struct docker *d, const struct err *err);
/* As docker_run_failed, for what goes wrong on the way to the engine: 125, 126 or 127 by
 * the text; create has no frame: 1. */
int docker_run_stopped(const struct docker *d, const struct err *err);
/* Writes the buf to standard output; 0, or 1 when that failed. */
int docker_print(const struct buf *b);

/* --format of version and info: data as a Go struct of that type; the exit code
 * (version.c). */
int docker_print_formatted(const char *text, const json_t *data, const char *type);

/* strerror() as Go words it: in small letters; borrowed until the next call. */
const char *docker_errno_text(int number);
/* Go's name of this machine's architecture: "amd64". */
const char *docker_architecture(void);

/* Calls one(d, name) for every argument, prints the name after each success, and
 * all errors behind.  With `forgive` a missing object is said but is no failure. */
int docker_each(struct docker *d,
    int (*one)(struct docker *d, struct session *s, const char *name, struct err *err),
    bool forgive);

/* The question of every prune command (prune.c); true for yes. */
bool docker_confirmed(const struct docker *d, const char *warning);

/* RFC 3339 in parts, seconds since the epoch, or how long ago ("10m"), in ns; 0 for NULL
 * and "" (when.c).  what: the option for Docker's complaint, or NULL. */
int docker_when(const char *what, const char *text, int64_t *ret, struct err *err);

/* With --signal and --timeout (stop.c). */
int docker_stop_it(struct docker *d, struct session *s, const char *id, struct err *err);
/* Seconds of --timeout (stop.c), -1 when not given. */
int docker_timeout(const struct docker *d);

/* platform.c: is `platform` ("linux/amd64"; NULL or "": any) this machine's?  In Docker's
 * words when it is none (behind while_) or not that of image. */
int docker_check_platform(
    const char *platform, const char *image, const char *while_, struct err *err);

/* ---- images by name (find.c) ---- */

/* Full or short id or reference; tags first.  ERR_NOT_FOUND "No such image: x:latest".
 * canonical (may be NULL) gets the reference's key, or NULL when it was found by id;
 * gives, free(). */
int docker_find_image(
    struct session *s, const char *name, char id[65], char **canonical, struct err *err);
/* As docker_find_image, and pulls it when it is missing and `pull` ("missing",
 * "always", "never") allows.  What it does goes to standard error. */
int docker_need_image(struct docker *d, const char *name, const char *pull, bool quiet,
    char id[65], struct err *err);
/* An event of the image: "tag", "delete"; name NULL: its id. */
void docker_image_event(
    struct session *s, const char *action, const char *id, const char *name);
/* Takes an image of the library into the session: 1 done, with `docker pull`'s words on
 * out, 0 the library has it not. */
int docker_pull_library(struct docker *d, const struct image_ref *ref, bool quiet,
    FILE *out, struct err *err);
/* Pulls, from the library or, by the program `fetch`, from the registry that the name
 * means; what it does goes to standard error.  The engine's words when it is nowhere. */
int docker_pull_image(struct docker *d, const char *name, bool quiet,
    const char *platform, struct err *err);
/* "docker.io/library/python:3.9" -> "python:3.9".  Gives; free(). */
char *docker_familiar(const char *canonical);
/* Is it one of Drydock's own images, never shown? */
bool docker_is_ours(const char *canonical);

/* ---- options to a container (config.c, ports.c) ---- */

/* What the command line itself finds wrong with the options of run and create: 0, or the
 * exit code when all is said. */
int docker_check_config(struct docker *d);
/* Fills *ret from the options of run and create; the image is pulled if need be.
 * On failure everything is said; *exit_code is what to return then. */
struct container_config *docker_make_config(struct docker *d, int *exit_code);
/* --network and its like (networking.c): what the command line itself finds wrong; what
 * is asked for, into c. */
int docker_check_networking(const struct opts *o, struct err *err);
int docker_take_networking(struct docker *d, struct container_config *c, struct err *err);
/* --ip6 of a container on that network ("bridge", ...): NULL or "" is fine. */
int docker_check_ip6(const char *ip6, const char *network, struct err *err);
/* Appends what --env-file and --env say to env. */
int docker_read_env(struct docker *d, struct vec *env, struct err *err);
/* Fills tty, size and detach keys of a from the user's terminal, and takes its keys when
 * a->in is set; -1 when --detach-keys is malformed.  tty: the container (or exec) has
 * one. */
int docker_terminal(
    struct docker *d, bool tty, struct container_attach *a, struct err *err);
/* --cap-add, --security-opt, ... to c's rights; first what the command line itself finds
 * wrong with them (rights.c). */
int docker_check_rights(struct docker *d, struct err *err);
int docker_take_rights(struct docker *d, struct container_config *c, struct err *err);
/* --memory, --cpus, ... of the table to l; ERR_INPUT in the words of a malformed option.
 * Then all of a new container's, checked; what holds them is said (limits.c). */
int docker_read_limits(const struct opts *o, struct container_limits *l, struct err *err);
int docker_take_limits(struct docker *d, struct container_config *c, struct err *err);
/* "-p" text, e.g. "127.0.0.1:8080-8081:80-81/tcp", to ports appended to c.  ERR_INPUT
 * with Docker's text. */
int docker_parse_publish(const char *text, struct container_config *c, struct err *err);
/* "80", "80-82/udp" to "80/tcp" ... appended to list (no doubles). */
int docker_parse_expose(const char *text, struct vec *list, struct err *err);

/* ---- rows of ps (rows.c, filter.c) ---- */

/* A container as the listing commands see it. */
struct docker_row {
	char id[65];
	struct container_config *config;
	struct container_state state;
};
void docker_row_done(struct docker_row *r);
/* All containers, newest first, in a malloc'ed list; -1 on failure. */
ssize_t docker_rows(struct session *s, struct docker_row **ret, struct err *err);
void docker_rows_free(struct docker_row *rows, size_t count);
/* Checks the --filter options and the value of dangling, whatever there is to filter;
 * ERR_INPUT "invalid filter 'x'". */
int docker_filter_check(const struct opts *o, const char *const *known, struct err *err);
/* Checks their values, whatever containers there are, in Docker's words. */
int docker_filter_values(struct session *s, const struct opts *o, struct err *err);
/* Does the row pass all --filter options?  rows are all containers. */
int docker_filter_row(struct session *s, const struct opts *o,
    const struct docker_row *row, const struct docker_row *rows, size_t count,
    struct err *err);
/* Bytes that the container has written (size.c); -1 when they cannot be counted. */
int64_t docker_container_size(struct session *s, const char *id);
/* Bytes in files below the folder `path` below at, whoever they belong to; -1 likewise.
 */
int64_t docker_tree_size(struct session *s, int at, const char *path);
/* Bytes in a volume, in the same way. */
int64_t docker_volume_size(struct session *s, const char *name);
/* The row that `docker ps` formats (ps.c); with sizes its size costs a walk. */
json_t *docker_ps_row(struct session *s, const struct docker_row *r, bool no_trunc,
    bool sizes, int64_t now);
const char *docker_state_word(const struct container_state *s);

/* ---- inspect ---- */

/* The object of `docker image inspect`.  Gives. */
json_t *docker_image_object(struct session *s, const char *id, struct err *err);

/* ---- complaints about how a command was written (usage.c): the exit code ---- */

int docker_wrong_flag(const struct docker *d, const struct err *err);
/* 0 when the number of arguments is right. */
int docker_check_count(const struct docker *d);
/* Options that Docker has and this version lacks: says so; 0 when none was given. */
int docker_lacks(const struct docker *d);

/* ---- help (help.c): appends to out ---- */

/* "Usage:  docker run [OPTIONS] IMAGE ...\n" */
void docker_help_usage(struct buf *out, const struct docker *d);
/* How a command calls itself, whatever it was called: the path, for buildx the first of
 * its row.  Gives. */
char *docker_help_name(const struct docker *d);
/* What it does: its help's first paragraph.  Borrowed. */
const char *docker_help_about(const struct docker_command *c);
/* The rows in two columns, wrapped; `own`: only Drydock's rows, else only Docker's. */
void docker_help_options(
    struct buf *out, const struct opt_row *table, size_t width, bool own);
void docker_help_command(struct buf *out, const struct docker *d, size_t width);
/* prefix: "" for docker itself, "container" for a group.  false: no such group. */
bool docker_help_group(struct buf *out, const struct docker_command *commands,
    const char *prefix, size_t width);
/* One line about a command that this version goes without, or NULL. */
const char *docker_without(const char *word);

#endif
