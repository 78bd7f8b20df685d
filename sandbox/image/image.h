/*
 * image.h - what an image is called, and the JSON it is made of
 *
 * References, digests, image configs, manifests, indexes, and the object that
 * `docker image inspect` prints.  Pure: it reads no file, computes no hash
 * (chain ids belong to the store) and knows no store.  All text from outside is
 * bounded and checked here, so that the rest may trust the structs.
 */
#ifndef DRYDOCK_IMAGE_H
#define DRYDOCK_IMAGE_H

#include "sandbox/base/err.h"
#include "sandbox/base/json.h"
#include "sandbox/base/vec.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- digests and ids ---- */

enum {
	IMAGE_DIGEST = 71,      /* "sha256:" and 64 hex digits; a buffer needs one more */
	IMAGE_ID_SHORT = 12,    /* what tables show; a buffer needs one more */
	IMAGE_NAME_MAX = 255,   /* domain/path (distribution spec) */
	IMAGE_LAYERS_MAX = 256, /* more than any overlay can mount: refused */
	IMAGE_HISTORY_MAX = 1024,
	IMAGE_JSON_MAX =
	    4 << 20 /* bytes of a config or manifest (registries refuse more) */
};

/* Is it exactly "sha256:" and 64 lower-case hex digits? */
bool image_is_digest(const char *s);
/* The 64 digits of a digest, borrowed from it; NULL when it is none. */
const char *image_digest_hex(const char *digest);
/* Could s be an image id as a user types it: an optional "sha256:" and 1 to 64 lower-case
 * hex digits?  (A name like "cafe" can be both: Docker tries names first.) */
bool image_is_id_prefix(const char *s);
/* First 12 digits of "sha256:<hex>" or of plain hex; shorter ids stay whole. */
void image_short_id(const char *id, char out[IMAGE_ID_SHORT + 1]);

/* ---- references: [domain/]path[:tag][@digest] ---- */

struct image_ref {
	char *domain; /* "docker.io", "localhost:5000"; never NULL after success */
	char *path;   /* "library/python", "student/app" */
	char *tag;    /* "3.9-slim" or NULL when none was given */
	char *digest; /* "sha256:<hex>" or NULL */
};

#define IMAGE_REF_INIT \
	{ \
		.domain = NULL \
	}
#define cleanup_image_ref __attribute__((cleanup(image_ref_done)))

/* Frees the members; the ref is empty and usable afterwards. */
void image_ref_done(struct image_ref *ref);
/* Parses what a user typed into *ret (overwritten: pass an empty one; give back with
 * image_ref_done).  "python" becomes docker.io + library/python.  No default tag is
 * added. ERR_INPUT with Docker's text: "invalid reference format", "invalid reference
 * format: repository name (library/UPPER) must be lowercase", "invalid repository name
 * (<hex>), cannot specify 64-byte hexadecimal strings" (distribution/reference). */
int image_ref_parse(const char *text, struct image_ref *ret, struct err *err);
/* As image_ref_parse and then adds the tag "latest" when neither tag nor digest is there.
 */
int image_ref_parse_tagged(const char *text, struct image_ref *ret, struct err *err);
/* The same for `docker build -t`, with the words of buildx: invalid tag "MyApp":
 * repository name must be lowercase. */
int image_ref_parse_build(const char *text, struct image_ref *ret, struct err *err);
/* "docker.io/library/python:3.9-slim[@digest]": key of the tag table.  Gives; free(). */
char *image_ref_canonical(const struct image_ref *ref);
/* "python:3.9-slim", "student/app:1", "localhost:5000/app": as Docker shows it.  Gives.
 */
char *image_ref_familiar(const struct image_ref *ref);
/* The same without tag and digest: the REPOSITORY column.  Gives. */
char *image_ref_familiar_name(const struct image_ref *ref);
/* Is s a tag ([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})? */
bool image_is_tag(const char *s);

/* ---- image config ---- */

/* "No such time": Docker prints 0001-01-01T00:00:00Z for it. */
#define IMAGE_NO_TIME INT64_MIN

struct image_health {
	bool set; /* false: no HEALTHCHECK; all else is then meaningless */
	struct vec
	    test; /* {"NONE"}, {"CMD", ...}, {"CMD-SHELL", "..."}; empty: inherit */
	int64_t interval, timeout, start_period, start_interval; /* ns; 0: default */
	int64_t retries;
};

struct image_history {
	int64_t created;                     /* ns since the epoch or IMAGE_NO_TIME */
	char *created_by, *comment, *author; /* NULL: absent */
	bool empty_layer;
};

/* Every char * may be NULL (absent); every vec may be empty (absent).  Sets (ports,
 * volumes) and labels are kept sorted when encoded, whatever their order here. */
struct image_config {
	int64_t created; /* ns since the epoch or IMAGE_NO_TIME */
	char *author, *architecture, *variant, *os, *os_version;
	char *user, *working_dir, *stop_signal;
	struct vec exposed_ports; /* "80/tcp" */
	struct vec env;           /* "K=V" */
	struct vec entrypoint, cmd;
	struct vec volumes; /* "/data" */
	struct vec labels;  /* "K=V", see vec_env_set */
	struct vec on_build, shell;
	struct image_health health;
	bool args_escaped;
	struct vec diff_ids; /* "sha256:<hex>", lowest layer first */
	struct image_history *history;
	size_t nhistory, history_cap;
};

#define IMAGE_CONFIG_INIT \
	{ \
		.created = IMAGE_NO_TIME, .exposed_ports = VEC_INIT, .env = VEC_INIT, \
		.entrypoint = VEC_INIT, .cmd = VEC_INIT, .volumes = VEC_INIT, \
		.labels = VEC_INIT, .on_build = VEC_INIT, .shell = VEC_INIT, \
		.health = {.test = VEC_INIT}, .diff_ids = VEC_INIT \
	}
#define cleanup_image_config __attribute__((cleanup(image_config_done)))

/* Frees everything; the config is as after IMAGE_CONFIG_INIT. */
void image_config_done(struct image_config *config);
/* *to (any content is freed) becomes a deep copy of *from. */
void image_config_copy(struct image_config *to, const struct image_config *from);
/* Sets a char * member: frees the old, copies the new (NULL: absent). */
void image_set(char **member, const char *value);
/* Appends a history entry; the texts are copied, NULL is absent. */
void image_config_add_history(struct image_config *config, int64_t created,
    const char *created_by, const char *comment, bool empty_layer);

/* Only the first n entries stay. */
void image_config_cut_history(struct image_config *config, size_t n);

/* Decodes an image config of at most IMAGE_JSON_MAX bytes into *ret (freed before).
 * Unknown members are ignored.  ERR_CORRUPT: no JSON, a member of a wrong type, a diff id
 * that is no digest, more non-empty history entries than layers. */
int image_config_decode(
    const char *json, size_t len, struct image_config *ret, struct err *err);
/* Gives the bytes (free(); *ret_len without the NUL): compact, members in the order of
 * BuildKit's exporter, empty ones left out, strings escaped as Go does.  The same config
 * is always the same bytes.  `created` has nanoseconds as given. */
char *image_config_encode(const struct image_config *config, size_t *ret_len);

/* ---- docker image inspect ---- */

struct image_facts {    /* what inspect shows beside the config; borrowed throughout */
	const char *id; /* "sha256:<hex>" */
	const struct vec *tags;         /* familiar "python:3.9-slim"; NULL: none */
	const struct vec *repo_digests; /* familiar "python@sha256:..."; NULL: none */
	const char *parent;             /* id of the parent image, or NULL */
	int64_t size;                   /* bytes */
	int64_t last_tagged;            /* ns since the epoch or IMAGE_NO_TIME */
	const char *driver;             /* "overlay2"; NULL means that */
	const json_t *driver_data;      /* object of strings, or NULL */
};

/* The object that `docker image inspect` lists, members in engine 26.1's order.  Gives.
 */
json_t *image_inspect(const struct image_config *config, const struct image_facts *facts);
/* Its member Config: the shape is Docker's container config (Hostname ... Shell), so that
 * `docker inspect` of a container can start from it.  Gives. */
json_t *image_inspect_config(const struct image_config *config);

/* ---- manifests ---- */

struct image_blob {
	char *media_type;
	char *digest; /* "sha256:<hex>", checked */
	int64_t size; /* bytes, >= 0 */
};

struct image_manifest {
	char *media_type; /* of the manifest itself, never NULL after decoding */
	struct image_blob config;
	struct image_blob *layers; /* lowest first */
	size_t nlayers;
};

#define IMAGE_MANIFEST_INIT \
	{ \
		.media_type = NULL \
	}
#define cleanup_image_manifest __attribute__((cleanup(image_manifest_done)))

#define IMAGE_TYPE_OCI_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define IMAGE_TYPE_OCI_INDEX "application/vnd.oci.image.index.v1+json"
#define IMAGE_TYPE_OCI_CONFIG "application/vnd.oci.image.config.v1+json"
#define IMAGE_TYPE_OCI_LAYER "application/vnd.oci.image.layer.v1.tar"
#define IMAGE_TYPE_OCI_LAYER_GZIP "application/vnd.oci.image.layer.v1.tar+gzip"
#define IMAGE_TYPE_DOCKER_MANIFEST "application/vnd.docker.distribution.manifest.v2+json"
#define IMAGE_TYPE_DOCKER_LIST "application/vnd.docker.distribution.manifest.list.v2+json"
#define IMAGE_TYPE_DOCKER_CONFIG "application/vnd.docker.container.image.v1+json"
#define IMAGE_TYPE_DOCKER_LAYER_GZIP "application/vnd.docker.image.rootfs.diff.tar.gzip"

void image_manifest_done(struct image_manifest *m);
/* Sets the config blob / appends a layer (copies the texts). */
void image_manifest_set_config(
    struct image_manifest *m, const char *media_type, const char *digest, int64_t size);
void image_manifest_add_layer(
    struct image_manifest *m, const char *media_type, const char *digest, int64_t size);
/* Decodes an OCI or Docker schema 2 manifest into *ret (freed before).  ERR_CORRUPT
 * unless schemaVersion is 2 and every descriptor has a type, a sha256 digest and a size;
 * ERR_UNSUPPORTED for schema 1 and for what is an index. */
int image_manifest_decode(
    const char *json, size_t len, struct image_manifest *ret, struct err *err);
/* Gives the bytes: OCI compact (schemaVersion, mediaType, config, layers), or, when
 * m->media_type is Docker's, indented by three spaces as Docker pushes it. */
char *image_manifest_encode(const struct image_manifest *m, size_t *ret_len);

struct image_index_entry {
	struct image_blob blob;            /* a manifest or a nested index */
	char *os, *architecture, *variant; /* NULL: absent */
	char *ref_name;   /* annotation org.opencontainers.image.ref.name, or NULL */
	char *image_name; /* annotation io.containerd.image.name, or NULL */
	bool attestation; /* not an image: a BuildKit attestation manifest */
};

struct image_index {
	char *media_type;
	struct image_index_entry *entries;
	size_t nentries;
};

#define IMAGE_INDEX_INIT \
	{ \
		.media_type = NULL \
	}
#define cleanup_image_index __attribute__((cleanup(image_index_done)))

void image_index_done(struct image_index *index);
/* Decodes an OCI index or Docker manifest list of at most 1024 entries; strict as above.
 */
int image_index_decode(
    const char *json, size_t len, struct image_index *ret, struct err *err);
/* The entry for this platform (variant may be NULL: any), attestations skipped; an entry
 * without platform is taken when nothing fits better.  NULL: none.  Borrowed from index.
 */
const struct image_index_entry *image_index_choose(const struct image_index *index,
    const char *os, const char *architecture, const char *variant);
/* Appends a copy of *entry. */
void image_index_add(struct image_index *index, const struct image_index_entry *entry);
/* Gives the bytes of an OCI index. */
char *image_index_encode(const struct image_index *index, size_t *ret_len);

/* ---- docker save's manifest.json ---- */

struct image_archive_entry {
	char *config;      /* path inside the archive */
	struct vec tags;   /* "app:latest"; may be empty */
	struct vec layers; /* paths inside the archive, lowest first */
};

struct image_archive {
	struct image_archive_entry *entries;
	size_t nentries;
};

#define IMAGE_ARCHIVE_INIT \
	{ \
		.entries = NULL \
	}
#define cleanup_image_archive __attribute__((cleanup(image_archive_done)))

void image_archive_done(struct image_archive *archive);
/* Decodes manifest.json into *ret (freed before).  Paths are cleaned and must stay inside
 * the archive; tags must be references; ERR_CORRUPT otherwise. */
int image_archive_decode(
    const char *json, size_t len, struct image_archive *ret, struct err *err);
/* Appends an empty entry; borrowed until the next append. */
struct image_archive_entry *image_archive_add(
    struct image_archive *archive, const char *config);
/* Gives the bytes of manifest.json as docker save writes it. */
char *image_archive_encode(const struct image_archive *archive, size_t *ret_len);

#endif
