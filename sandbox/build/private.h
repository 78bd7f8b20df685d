/*
 * private.h - what the files of the build module share
 *
 * A build runs through these parts, in this order:
 *
 *     build.c     reads the Dockerfile, asks the others, writes the image
 *     bases.c     the images that FROM and COPY --from name
 *     convert.c   instructions to changes of a config (effect.c) and to steps (steps.c,
 *                 mounts.c)
 *     solve.c     which step can be taken next: from the cache, or as work
 *     key.c       cache keys, and what is kept under them
 *     jobs.c      steps that are being done, side by side, each in a process (work.c)
 *     tree.c      which files a COPY means, and their digests (statcache.c)
 *     layer.c     WORKDIR and COPY in a draft (send.c, apply.c, place.c, owner.c)
 *     roots.c     layers mounted as a root
 *     run.c       RUN in a draft (run_mounts.c, caches.c, output.c)
 */
#ifndef DRYDOCK_BUILD_PRIVATE_H
#define DRYDOCK_BUILD_PRIVATE_H

#include "sandbox/base/hash.h"
#include "sandbox/build/build.h"
#include "sandbox/dockerfile/dockerfile.h"
#include "sandbox/image/image.h"
#include "sandbox/network/network.h"
#include "sandbox/runtime/runtime.h"
#include <signal.h>
#include <sys/stat.h>

/* ---- files that a COPY means (tree.c) -------------------------------------------- */

/* One file, folder or link below a root.  `name` says where it goes: "f/<base>" is a
 * file named as a source, "d/<path>" something inside a folder named as a source,
 * "a/<base>" a tar archive to be unpacked (ADD). */
struct build_entry {
	char *name;
	char *path;       /* below the root, without leading '/' */
	char *link;       /* target of a symbolic link, or NULL */
	const char *data; /* content of a here-document instead of a file, borrowed */
	bool fetched;     /* data came from an address: of st.st_size bytes, mapped */
	struct stat st;
	char digest[HASH_HEX + 1]; /* of a regular file's bytes, else "" */
};

struct build_tree {
	struct build_entry *v;
	size_t len, cap;
	int64_t read; /* bytes that had to be read for digests */
};

/* Remembered digests of files that have not changed since (statcache.c). */
struct build_statcache;

/* Where entries are looked for.  All borrowed. */
struct build_root {
	int fd;
	const struct ignore *ignore;   /* NULL: nothing is left out */
	struct build_statcache *cache; /* NULL: every file is read */
	const struct ignore *exclude;  /* of COPY --exclude, or NULL */
	bool unpack;                   /* ADD: archives are found by content */
	bool unread;                   /* no digests are wanted */
	bool parents;  /* COPY --parents: names keep the folders of the source */
	size_t pivot;  /* ... but for these first bytes of its path (build_tree_add) */
	bool sent;     /* the context, which Docker's client would send */
	bool recorded; /* owners stand in build_owner_set's records, not in the files */
	bool devices;  /* empty files may stand for devices, by such records */
	/* of layers: their side tables, topmost first, for what carries no record itself
	 */
	const struct build_sides *sides;
};

void build_tree_done(struct build_tree *t);
#define cleanup_build_tree __attribute__((cleanup(build_tree_done)))
/* Adds what `source` (a path or pattern as in COPY) means below the root, digests
 * included.  ERR_NOT_FOUND with `"/x": not found` for a plain path that is not there. */
int build_tree_add(struct build_tree *t, const struct build_root *root,
    const char *source, struct err *err);
/* Adds a here-document as a file of that name. */
void build_tree_add_data(struct build_tree *t, const char *name, const char *data);
/* Adds a file that was fetched, as `name`; takes fd. */
int build_tree_add_fetched(
    struct build_tree *t, const char *name, int fd, struct err *err);
/* SHA-256 over names, types, modes, sizes, links, contents; with `owners`, over user and
 * group ids too.  Never times. */
void build_tree_digest(const struct build_tree *t, bool owners, char out[HASH_HEX + 1]);

/* Opens the digests remembered for the context folder; dir is where they are kept
 * (taken).  Never fails: without them all files are read.  Gives. */
struct build_statcache *build_statcache_open(int dir, int context);
/* The digest of the file with this stat, or NULL.  Borrowed until the next put. */
const char *build_statcache_get(struct build_statcache *c, const struct stat *st);
void build_statcache_put(
    struct build_statcache *c, const struct stat *st, const char *digest);
/* Writes what is new.  Takes c. */
void build_statcache_close(struct build_statcache *c);

struct archive;
/* Reads a tar, compressed in any way that ADD knows.  Gives; archive_read_free(). */
struct archive *build_new_reader(void);
/* Does the rest of this file, compressed or not, begin as a tar?  Moves its offset. */
bool build_is_tar(int fd);

/* ---- files on their way (send.c, apply.c, place.c, owner.c)
 * -----------------------------------
 */

/* Writes the entries as a tar stream to out (a stream socket).  as_root: owner 0:0
 * whatever the files say.  for_others: a tar that every program reads.  *ret_changed: a
 * file is not what it was when its digest was taken. */
int build_send(const struct build_tree *t, int root, bool as_root, bool for_others,
    int out, bool *ret_changed, struct err *err);

/* What COPY says of the files it makes.  Strings borrowed. */
struct build_copy {
	const char *dest;  /* absolute; a '/' or "/." at its end counts */
	const char *chown; /* "user[:group]" or NULL */
	const char *chmod; /* octal or symbolic, or NULL */
};
/* In the holder: reads build_send's stream and puts the files below root as Docker
 * does.  one_id: owners cannot be changed and are recorded instead; those of links and
 * pipes in the folder `draft` (-1: nowhere). */
int build_apply(int in, int root, const struct build_copy *copy, bool one_id, int draft,
    struct err *err);
/* mkdir -p below root, new folders 0755 and owned by `user` of the image.  */
int build_mkdirs(
    int root, const char *path, const char *user, bool one_id, struct err *err);

struct build_owner {
	uid_t uid;
	gid_t gid;
};
/* "name", "1000", "a:b" by root's /etc/passwd and /etc/group.  Unknown names are 0.  A
 * number without group is its own group when same_group, else the one in passwd or 0. */
struct build_owner build_owner_find(int root, const char *text, bool same_group);
/* Makes owner and mode of the open O_PATH or ordinary descriptor true, or records them.
 */
int build_owner_set(int fd, struct build_owner owner, mode_t mode, bool one_id);
/* Records that the open, empty file, which has its owner already, stands for a device:
 * type and permissions of mode.  -1 with errno. */
int build_owner_device(
    int fd, struct build_owner owner, mode_t mode, dev_t dev, bool one_id);
/* Notes in the draft what an open link or pipe cannot carry, as the supervisor of a
 * container does (sandbox/runtime/owners.c): its commit reads it.  -1 with errno. */
int build_owner_note(int draft, int fd, struct build_owner owner, mode_t mode);
/* The side tables of layers (sandbox/runtime/owners.c); those that have none are NULL. */
struct build_sides {
	int layers; /* borrowed, and so are the chains */
	const struct vec *chains;
	json_t **tables;
};
void build_sides_open(struct build_sides *s, int layers, const struct vec *chains);
void build_sides_done(struct build_sides *s);
#define cleanup_build_sides __attribute__((cleanup(build_sides_done)))
/* The same as build_owner_read() for a link, pipe or socket at path. */
void build_sides_read(const struct build_sides *s, const char *path, struct stat *st);
/* Puts the recorded owner and mode of the file at path below root, if any, into st. */
void build_owner_read(int root, const char *path, struct stat *st);

/* ---- the build ------------------------------------------------------------------------
 */

enum build_mount_kind {
	BUILD_BIND,
	BUILD_CACHE,
	BUILD_TMPFS,
	BUILD_SECRET,
	BUILD_SSH,
};

enum build_sharing {
	BUILD_SHARED,
	BUILD_PRIVATE,
	BUILD_LOCKED,
};

struct build_image;

struct build_mount { /* a RUN --mount, all words final (mounts.c) */
	enum build_mount_kind kind;
	enum build_sharing sharing;
	char *target;                   /* absolute; NULL: a secret for env alone */
	char *source;                   /* path below what it is taken from, or NULL */
	char *id, *env, *size;          /* or NULL */
	char *from;                     /* as written, or NULL: the context */
	int from_stage;                 /* or -1 */
	struct build_image *from_image; /* or NULL */
	bool writable, required;
	mode_t mode;
	bool mode_set;
	uid_t uid;
	gid_t gid;
	struct build_tree tree; /* BUILD_BIND from the context */
	char digest[HASH_HEX + 1];
};

struct build_image {     /* an image that FROM or --from names */
	char *name;      /* as written (expanded) */
	char *canonical; /* "docker.io/library/busybox:latest" */
	char id[65];
	struct image_config config;
	struct vec chains; /* topmost first */
	bool told;         /* its FROM vertex has been told */
	bool used_from;    /* COPY --from or a mount names it */
	struct dockerfile_range lines;
};

struct build_step {
	const struct dockerfile_instr *in;
	char *title;       /* "[2/5] WORKDIR /app" */
	struct vec words;  /* WORKDIR: path; COPY: sources and destination; RUN: argv */
	struct vec env;    /* RUN: its environment */
	struct vec secret; /* RUN: names of env that are no part of the key (proxies) */
	char *cwd, *user, *chown, *chmod;
	const struct dockerfile_heredoc *script; /* RUN: to be run from /dev/pipes */
	int from_stage;                          /* COPY --from=stage, or -1 */
	struct build_image *from_image;          /* COPY --from=image, or NULL */
	size_t history;                          /* its entry in the config's history */
	char **docs;                             /* bodies of COPY's here-documents */
	size_t ndocs;
	struct build_tree tree; /* COPY from the context, and its here-documents */
	char digest[HASH_HEX + 1];
	char *checksum; /* ADD --checksum=sha256:HEX, expanded, or NULL */
	char *missing;  /* why the sources cannot be had, or NULL */
	struct build_mount *mounts;
	size_t nmounts;
	const char *network; /* RUN: "default", "none", "host"; borrowed */
};

struct build_stage {
	const struct dockerfile_stage *text;
	int number, base_stage;
	struct build_image *base; /* NULL: scratch or a stage */
	bool needed, scratch;
	int steps_total, step_next;
	struct image_config config;
	struct vec env;  /* config.env and the ARGs, as instructions see them */
	struct vec args; /* names of the ARGs in scope, in order */
	bool cmd_set;
	struct dockerfile_instr *triggers; /* ONBUILD of the base */
	size_t ntriggers;
	struct build_step *steps;
	size_t nsteps;
	struct vec chains; /* so far, topmost first */
	/* solve.c: */
	bool begun, done;
	size_t at; /* the step that is next, or being done */
	struct build_job *job;
};

struct build_known;
struct build_job;

struct builder {
	struct session *session;
	struct store *store;
	const struct build_spec *spec;
	const struct build_sink *sink;
	struct build_result *ret;
	struct dockerfile *df;
	struct dockerfile_plan plan;
	struct vec platform;
	struct ignore *ignore;
	struct build_image **images;
	size_t nimages;
	struct build_stage *stages;
	size_t nstages;
	int nvertices;
	struct build_known *known; /* what this build has found or made */
	size_t nknown;
	struct build_job **jobs; /* that are being done */
	size_t njobs;
	int line; /* in a job's process: where it tells what happens; else -1 */
	bool context_used, context_told, canceled;
	bool where_fixed; /* the error is a line's, though it came while files were looked
			     at */
	int64_t context_time, context_bytes;
	struct dockerfile_range where; /* lines that the error is about */
	int signals; /* signalfd(2): the user wants an end; -1 before the first step */
};

/* ---- telling (progress.c) */

struct build_vertex {
	int number;
	int64_t start;
	const char *name; /* borrowed */
};
struct build_vertex build_start(struct builder *b, const char *name);
void build_row(struct builder *b, const struct build_vertex *v, const char *id,
    int64_t current, int64_t duration, bool done);
/* In a job's process: to the builder, through its line. */
void build_log(
    struct builder *b, const struct build_vertex *v, const char *line, size_t len);
/* What build_log told: to the sink, and kept in `logs` for a failure. */
void build_tell_log(struct builder *b, const struct build_vertex *v, struct vec *logs,
    int64_t offset, const char *line, size_t len);
void build_end(struct builder *b, const struct build_vertex *v, enum build_end end);
/* Ends it with err's text; the result then names it.  Returns -1. */
int build_fail(struct builder *b, const struct build_vertex *v, const struct err *err);
/* 999B, 1.23kB, 4.50MB: base 1000, two decimals above bytes. */
void build_add_bytes(struct buf *out, int64_t n);
/* "0.138": seconds as BuildKit shows them beside a line. */
void build_add_offset(struct buf *out, int64_t offset);

/* ---- signals.c: Ctrl-C and SIGTERM end a build in order */

/* From here on they are read, not suffered; the steps' children have them as before. */
void build_signals_begin(struct builder *b, sigset_t *before);
void build_signals_end(struct builder *b, const sigset_t *before);
/* Has one come?  Once true, always true. */
bool build_is_canceled(struct builder *b);
/* ERR_INTERRUPTED in Docker's words; returns -1. */
int build_set_canceled(struct err *err);

/* ---- bases.c */

/* The image of this name; looked up, and its metadata vertex told, the first time.
 * NULL and *err when it is not there. */
struct build_image *build_image_get(
    struct builder *b, const char *name, struct dockerfile_range lines, struct err *err);
void build_image_free(struct build_image *i);

/* ---- convert.c, effect.c */

/* All needed stages: configs, histories, steps. */
int build_convert(struct builder *b, struct err *err);
/* Loads the image that `from` names, unless it is a stage. */
int build_load_source(struct builder *b, const struct dockerfile_instr *in,
    const char *from, struct err *err);
/* triggers.c: the ONBUILDs of the needed stages' bases, which must be loaded.  1 when
 * stages are needed now that were not before: their bases are to be loaded too. */
int build_triggers(struct builder *b, struct err *err);
/* One instruction that makes no layer. */
int build_effect(struct builder *b, struct build_stage *st,
    const struct dockerfile_instr *in, struct err *err);
/* Appends the instruction's history entry, its time not yet known; returns its index. */
size_t build_add_history(struct build_stage *st, const struct dockerfile_instr *in,
    const struct dockerfile_done *done, bool empty);
/* The instructions that make layers (steps.c). */
int build_convert_workdir(struct builder *b, struct build_stage *st,
    const struct dockerfile_instr *in, struct err *err);
int build_convert_copy(struct builder *b, struct build_stage *st,
    const struct dockerfile_instr *in, struct err *err);
int build_convert_run(struct builder *b, struct build_stage *st,
    const struct dockerfile_instr *in, struct err *err);
/* Expands one word with what the stage has.  Gives. */
char *build_expand(
    struct builder *b, const struct build_stage *st, const char *word, struct err *err);
void build_stage_done(struct build_stage *st);
/* Appends "[2/5] ", with the stage's name when the build has several. */
void build_step_prefix(
    const struct builder *b, const struct build_stage *st, int i, struct buf *out);

/* ---- mounts.c */

/* The mounts of a RUN, appended to the step's; what they take is found later. */
int build_convert_mounts(
    struct builder *b, struct build_stage *st, struct build_step *s, struct err *err);
void build_mount_done(struct build_mount *m);
/* Does it take files of the context / the layers that it takes files from, or NULL. */
bool build_mount_takes_context(const struct build_mount *m);
const struct vec *build_mount_chains(
    const struct builder *b, const struct build_mount *m);

/* ---- agent.c */

/* The agent that the mount names, or NULL. */
const struct build_agent *build_agent_find(
    const struct builder *b, const struct build_mount *m);
/* Before the fork: starts what will talk to the agent until build_agent_end(), at the
 * latest until the caller ends.  Gives a descriptor for build_agent_show(). */
int build_agent_begin(const struct build_agent *agent, pid_t *ret_pid, struct err *err);
void build_agent_end(pid_t pid);
/* In the child: makes the socket dir/name, behind which it listens from then on.  Gives a
 * descriptor (O_PATH) of the socket. */
int build_agent_show(int server, const struct build_mount *m, int dir, const char *name,
    bool one_id, struct err *err);

/* COPY --link, which --chmod undoes. */
bool build_is_linked(const struct build_step *s);

/* ---- check.c */

/* --check: fills the result; ERR_INPUT when a warning counts as an error. */
int build_check(struct builder *b, struct err *err);

/* ---- explain.c */

/* Before the step is done (or when it was found): remembers what its key is made of, and
 * with --explain says why. */
void build_explain_step(struct builder *b, const struct build_stage *st,
    const struct build_step *s, bool found);
/* After the last step: what each line of the target's stage costs. */
void build_explain_bytes(struct builder *b);

/* ---- context.c */

/* Finds the files of all COPYs from the context; what is missing is noted in the steps.
 */
int build_load_context(struct builder *b, struct err *err);
/* Tells the context's vertex, once, if any step needs the context. */
void build_tell_context(struct builder *b, const struct err *failed);
/* The patterns of COPY --exclude, or *ret NULL.  Gives. */
int build_excludes(
    const struct dockerfile_instr *in, struct ignore **ret, struct err *err);

/* ---- fetch.c */

/* ADD of the address `url`: tells its vertex, adds the file to the step's tree. */
int build_add_url(
    struct builder *b, struct build_step *s, const char *url, struct err *err);

/* ---- key.c */

enum { BUILD_KEY = HASH_HEX + 1 };

/* What the cache knows of a layer. */
struct build_made {
	struct store_layer layer;
	int64_t created;
};

/* The step's key on what the stage has so far; content: what COPY takes, as a digest, or
 * NULL for what is known without a look at other stages' files. */
void build_step_key(const struct builder *b, const struct build_stage *st,
    const struct build_step *s, const char *content, char key[BUILD_KEY]);
/* A key of something else: of that sort and name. */
void build_named_key(const char *sort, const char *name, char key[BUILD_KEY]);
/* May the step be taken from the cache, and is it there under this key? */
bool build_cache_find(const struct builder *b, const struct build_stage *st,
    const struct build_step *s, const char *key, struct build_made *ret);
void build_cache_keep(const struct builder *b, const struct build_step *s,
    const char *key, const struct build_made *m);

/* ---- jobs.c, work.c: steps that are done side by side */

/* A step that is being done by a process, which says line by line what happens and at the
 * end how it went.  It leads a process group, dies with us, and ends in order (nothing
 * half made stays) on SIGTERM. */
struct build_job {
	struct build_stage *stage;
	struct build_step *step;
	struct build_vertex vertex;
	char key[BUILD_KEY];
	pid_t pid;
	int line;
	struct vec logs; /* the last lines, as a failure shows them */
	/* once it has ended: */
	int rc; /* 0 made, 1 found in the cache by its content, -1 */
	struct build_made made;
	struct err err;
	char *message; /* err's text where that has to cut it, or NULL */
};
void build_job_free(struct build_job *job);
/* Forks; the job is one of b->jobs until it has ended.  The vertex has started.  *ret is
 * borrowed. */
int build_job_start(struct builder *b, struct build_stage *st, struct build_step *s,
    const struct build_vertex *v, const char *key, struct build_job **ret,
    struct err *err);
/* Tells what the jobs say until one has ended: gives it.  NULL: a signal came. */
struct build_job *build_jobs_wait(struct builder *b);
/* Asks all of them to end. */
void build_jobs_stop(struct builder *b);
/* In the job's process: the layer is made.  As build_job.rc; *ret_message (given, may be
 * left NULL) is the error's text when that is longer than *err holds. */
int build_work(
    struct builder *b, struct build_job *job, struct build_made *ret, struct err *err);

/* ---- solve.c, layer.c, run.c */

int build_solve(struct builder *b, struct err *err);
/* export.c: the files of the layers to the spec's output_fd. */
int build_export_files(struct builder *b, const struct vec *chains, struct err *err);
/* Fill the times of the history's entries without a layer; the image's time. */
void build_history_times(struct image_config *c, size_t inherited);

/* ---- roots.c: in a process that has mounts of its own */

/* Mounts layers (topmost first, names below the folder `layers`) at the draft's folder
 * `at`; with upper and work (names of the draft's folders, or both NULL) writable.  Gives
 * the root's descriptor. */
int build_mount_layers(int layers, const struct vec *chains, int draft, const char *at,
    const char *upper, const char *work, struct err *err);
/* The same to read only; one layer alone needs no mount, and none is the empty `at`. */
int build_open_layers(
    int layers, const struct vec *chains, int draft, const char *at, struct err *err);

/* ---- run_mounts.c, caches.c */

/* A RUN's mounts on their way into the container. */
struct build_shown {
	struct holder *holder;
	struct store *store;
	const struct builder *b;
	const struct build_step *step;
	int layers, draft;
	bool one_id;
	int *caches; /* one a mount: the cache's folder, or -1 */
	int *locks;  /* held as long as the RUN lasts, or -1 */
	bool *fresh; /* the cache has just been made */
	int *agents; /* of build_agent_begin(), or -1 */
	pid_t *servers;
	/* filled in the child: */
	struct runtime_mount *v;
	size_t len;
	struct vec env;
};

/* Lowest layer of a RUN with mounts: a name below the draft, once they are made. */
#define BUILD_STUBS "stubs"

/* Before the fork: secrets are there, caches open and locked, files of the context in
 * the draft.  build_shown_done() frees, also after a failure. */
int build_shown_begin(struct build_shown *r, struct builder *b,
    const struct build_step *step, struct store_draft *d, bool *ret_changed,
    struct err *err);
void build_shown_done(struct build_shown *r);
/* In the child, inside the holder: fills v (room for `extra` more behind) and env. */
int build_shown_make(struct build_shown *r, size_t extra, struct err *err);
/* Opens the cache of this mount, locked as its sharing demands.  *ret_lock and the result
 * are given; *ret_fresh: it was made just now. */
int build_cache_open(struct builder *b, const struct build_mount *m, int *ret_lock,
    bool *ret_fresh, struct err *err);

/* Files of the context (a mount's tree) into the draft's new folder `name`. */
int build_do_bind(struct builder *b, const struct build_mount *m, const char *name,
    struct store_draft *d, bool *ret_changed, struct err *err);

/* Inside the holder: the tree's files below root, copied into the folder `into`. */
int build_copy_tree(
    const struct build_tree *t, int root, int into, bool one_id, struct err *err);

/* Do the step's work in the draft on top of the lowers. */
int build_do_workdir(struct builder *b, const struct build_step *step,
    const struct vec *lowers, struct store_draft *d, struct err *err);
int build_do_copy(struct builder *b, struct build_step *step, const struct vec *lowers,
    struct store_draft *d, bool *ret_changed, struct err *err);
int build_do_run(struct builder *b, const struct build_step *step,
    const struct build_vertex *v, const struct vec *lowers, struct store_draft *d,
    bool *ret_changed, struct err *err);
/* output.c: tells the stream fd until it ends; a signal kills pid. */
void build_read_output(
    struct builder *b, const struct build_vertex *v, int fd, pid_t pid);
/* Digest of what a COPY --from takes; ERR_NOT_FOUND when something is missing.  Runs a
 * child; the draft only lends its mount point. */
int build_from_digest(struct builder *b, const struct build_step *step,
    struct store_draft *d, char digest[HASH_HEX + 1], struct err *err);
/* Layers of what COPY --from names; borrowed. */
const struct vec *build_from_chains(
    const struct builder *b, const struct build_step *step);

/* ---- the way out of a RUN (way.c) ----------------------------------------------------
 */

struct build_way {
	struct session_network network;
	int folder;
	struct network_address address;
	struct network_link link;
	int outlet; /* -1: there is no way out */
};
#define BUILD_WAY_INIT \
	{ \
		.network = SESSION_NETWORK_INIT, .folder = -1, \
		.address = NETWORK_ADDRESS_INIT, .outlet = -1 \
	}
void build_way_done(struct build_way *w);

/* Before holder_enter: an address on the session's bridge, and who carries on what leaves
 * it; nothing of it where the network leads nowhere.  build_way_done(), also when it
 * fails. */
int build_way_open(struct session *s, struct build_way *w, struct err *err);
/* In the holder: puts process pid, whose network is new, on the bridge. */
int build_way_attach(struct build_way *w, pid_t pid, struct err *err);
/* Appends the resolv.conf of a step that has a way out. */
void build_way_resolv(struct buf *out);

#endif
