/*
 * build.h - a Dockerfile and its context become an image
 *
 *     struct build_spec --build_run--> struct build_result
 *                            |
 *                            '-- what happens meanwhile --> struct build_sink
 *
 * A build is a graph of VERTICES, as BuildKit calls them: reading the Dockerfile,
 * looking a base image up, reading the context, each step, the export.  The
 * module tells its caller about them through a sink and prints nothing itself;
 * build_plain is a sink that writes Docker's plain progress lines.
 *
 * The builder is the user.  Files that belong to mapped ids are touched only by
 * children inside the holder.  A layer is made in a draft of the store, so that
 * whatever ends the build leaves no mount and no half-made layer, and nothing is
 * named before the image is whole.  A build without changes starts no process.
 *
 * Facts: what engine 26.1 printed; BuildKit's Dockerfile frontend and its
 * solver where no transcript says.
 */
#ifndef DRYDOCK_BUILD_H
#define DRYDOCK_BUILD_H

#include "sandbox/base/base.h"
#include "sandbox/session/session.h"

/* ---- what is to be built ------------------------------------------------------ */

/* What becomes of the result. */
enum build_output {
	BUILD_IMAGE,   /* an image of the session */
	BUILD_FOLDER,  /* its files, below the folder output_fd */
	BUILD_TAR,     /* its files as a tar, to output_fd */
	BUILD_ARCHIVE, /* an image archive, to output_fd, by `save` */
};

/* What RUN --mount=type=secret may show.  Borrowed. */
struct build_secret {
	const char *id;
	const char *data;
	size_t len;
};

/* An agent that RUN --mount=type=ssh may talk to: its socket, opened with O_PATH.
 * Borrowed. */
struct build_agent {
	const char *id;
	int fd;
};

/* All borrowed for the call. */
struct build_spec {
	const char *dockerfile; /* the text; NULL: the file does not exist */
	size_t dockerfile_len;
	const char *dockerfile_name; /* as shown: "Dockerfile", "D2" */
	const char *ignore;          /* text of .dockerignore, or NULL */
	size_t ignore_len;
	int context;            /* folder, opened by the caller for reading; -1: none */
	const struct vec *tags; /* canonical references; NULL or empty: untagged */
	const struct vec *build_args; /* "K=V"; NULL: none */
	const struct vec *labels;     /* "K=V", put over the Dockerfile's; NULL: none */
	const char *target;           /* --target, or NULL */
	const struct build_secret *secrets;
	size_t nsecrets;
	const struct build_agent *agents;
	size_t nagents;
	enum build_output output;
	int output_fd;
	uid_t output_uid; /* whose files are made there, for setfsuid(2) */
	gid_t output_gid;
	int (*save)(
	    void *user, const char *id, const struct vec *tags, int fd, struct err *err);
	void *save_user;
	/* Brings what ADD names by an address: gives a descriptor.  sha256 (hex, may be
	 * NULL) is checked.  NULL: ADD takes no address. */
	int (*fetch)(void *user, const char *url, const char *sha256, int *ret_fd,
	    struct err *err);
	void *fetch_user;
	/* Brings an image that the session has not, and names it there.  NULL: nothing
	 * does. */
	int (*pull)(void *user, const char *canonical, struct err *err);
	void *pull_user;
	const char *network; /* of every RUN that says nothing: "none", "host", or NULL */
	bool allow_host;     /* RUN --network=host is permitted */
	bool explain;        /* fill the result's `explained` */
	bool check; /* warnings only, nothing is built: see struct build_result */
	bool no_cache;
	const struct vec *no_cache_stages; /* names: only these anew; NULL: none */
	int64_t
	    epoch; /* ns: no time in the image is later (SOURCE_DATE_EPOCH); -1: none */
};

/* ---- what happens meanwhile ------------------------------------------------------ */

enum build_end {
	BUILD_DONE,
	BUILD_CACHED,
	BUILD_ERROR,
	BUILD_CANCELED,
};

/* A row of a vertex, like "transferring context: 2B done". */
struct build_status {
	const char *id;   /* "transferring context:", "exporting layers" */
	int64_t current;  /* bytes, shown when not 0 */
	int64_t total;    /* bytes, shown when not 0 */
	int64_t duration; /* ns */
	bool done;
};

/* Vertices are small numbers of this build, in the order in which they are told.
 * Each function may be NULL.  Strings are borrowed for the call. */
struct build_sink {
	void *user;
	void (*started)(void *user, int vertex, const char *name);
	void (*status)(void *user, int vertex, const struct build_status *row);
	/* One line of a RUN's output without its end; offset in ns since the start. */
	void (*log)(void *user, int vertex, int64_t offset, const char *line, size_t len);
	/* duration in ns; text is the message for BUILD_ERROR, else NULL. */
	void (*ended)(void *user, int vertex, enum build_end end, int64_t duration,
	    const char *text);
	/* Now and then while a step runs, for clocks on a screen. */
	void (*tick)(void *user);
};

/* ---- what comes out ------------------------------------------------------------- */

struct build_result {
	char id[65]; /* the image, hex */
	/* After a failure, what Docker prints below the progress lines: */
	char *vertex;    /* name of the step that failed, or NULL: then no log block */
	struct vec logs; /* its last lines, as shown: "0.138 before" */
	char *frame;     /* the Dockerfile's lines around the fault, or NULL */
	struct vec explained; /* lines: each step's reason, then its bytes */
	char *check;          /* with spec.check: what is to be printed */
	size_t warnings;      /* ... and how many there are */
	char *message; /* the error's text where struct err has to cut it, or NULL */
};

#define BUILD_RESULT_INIT \
	{ \
		.vertex = NULL, .logs = VEC_INIT, .explained = VEC_INIT \
	}
#define cleanup_build_result __attribute__((cleanup(build_result_done)))
void build_result_done(struct build_result *r);

/* Builds, and tags the image when it is whole.  sink may be NULL.  On failure *err
 * has what stands behind "ERROR: failed to solve: ", and *ret (from
 * BUILD_RESULT_INIT) what goes above it. */
int build_run(struct session *s, const struct build_spec *spec,
    const struct build_sink *sink, struct build_result *ret, struct err *err);

/* Appends all that Docker prints after the progress of a failed build: log block
 * (left out with quiet), frame, and "ERROR: failed to solve: ..." with a newline. */
void build_add_failure(
    struct buf *out, const struct build_result *r, const struct err *err, bool quiet);

/* ---- BuildKit's plain progress ------------------------------------------------------
 */

struct build_plain;

/* A printer that writes to fd (borrowed), each piece at once.  Starts with the line
 * `#0 building with "default" instance using docker driver`.  Gives; build_plain_free().
 */
struct build_plain *build_plain_new(int fd);
void build_plain_free(struct build_plain *p);
void build_plain_free_p(struct build_plain **p);
#define cleanup_build_plain __attribute__((cleanup(build_plain_free_p)))
/* Its sink, valid as long as the printer. */
struct build_sink build_plain_sink(struct build_plain *p);

/* ---- on a terminal -------------------------------------------------------------------
 */

struct build_view;

/* A list of the steps, drawn on the terminal fd (borrowed) over itself; size says how big
 * that is now (0: unknown).  Gives; build_view_free(). */
struct build_view *build_view_new(int fd,
    void (*size)(void *user, unsigned short *rows, unsigned short *cols), void *user);
/* The whole list for the last time. */
void build_view_end(struct build_view *w);
void build_view_free(struct build_view *w);
void build_view_free_p(struct build_view **w);
#define cleanup_build_view __attribute__((cleanup(build_view_free_p)))
/* Its sink, valid as long as the view. */
struct build_sink build_view_sink(struct build_view *w);

/* ---- without a build ---------------------------------------------------------------
 */

/* Instructions that make no layer ("CMD [\"sh\"]") put to a config, whose history stays
 * as it is.  ERR_INPUT in Docker's words. */
int build_change(struct image_config *config, const struct vec *changes, struct err *err);

/* ---- what an image was built from ----------------------------------------------------
 */

/* The record that a build leaves: {"base": id hex or "", "base_ref": canonical
 * reference or "scratch", "tags": [canonical, ...]}; base is what FROM names at the
 * root of the target's chain of stages.  Gives; NULL when this store has not built
 * the image (then *err is clear) or on failure. */
json_t *build_record(struct store *store, const char *image_id, struct err *err);

#endif
