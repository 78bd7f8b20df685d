/*
 * collect_more.c - facts that docker itself or a build must be asked for
 */
#include "src/check/private.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ANSWER_MAX = 1 << 20, ASK_MS = 30000, BUILD_MS = 300000 };

json_t *
collect_volume(struct check_world *w, const char *key, struct err *err)
{
	cleanup_vec struct vec names = VEC_INIT;

	if (container_volume_list(sandbox_session(w->sandbox), &names) < 0) {
		err_set(err, ERR_SYS, "the volumes cannot be listed");
		return NULL;
	}
	return json_pack("{s:b}", "exists", vec_has(&names, key));
}

json_t *
collect_network(struct check_world *w, const char *key, struct err *err)
{
	char *argv[] = {
	    (char *)"network", (char *)"inspect", (char *)"--", (char *)key, NULL};
	cleanup_buf struct buf out = BUF_INIT(ANSWER_MAX);
	cleanup_json json_t *all = NULL;
	json_t *containers;
	int status = collect_docker(w, argv, ASK_MS, &out, err);

	if (status < 0)
		return NULL;
	if (status > 0 && strcasestr(out.s, "no such network") == NULL &&
	    strstr(out.s, "not found") == NULL) {
		err_set(
		    err, ERR_UNSUPPORTED, "docker network inspect: %s", str_trim(out.s));
		return NULL;
	}
	all = json_loads(strchr(out.s, '[') != NULL ? strchr(out.s, '[') : "",
	    JSON_DISABLE_EOF_CHECK, NULL);
	if (status > 0 || json_array_size(all) == 0)
		return json_pack("{s:b}", "exists", 0);
	containers = json_object_get(json_array_get(all, 0), "Containers");
	return json_pack("{s:b, s:o}", "exists", 1, "containers",
	    json_is_object(containers) ? json_incref(containers) : json_object());
}

/* Asked as anybody could ask it: the manifest that the name has there. */
json_t *
collect_hub(struct check_world *w, const char *key, struct err *err)
{
	char *argv[] = {
	    (char *)"manifest", (char *)"inspect", (char *)"--", (char *)key, NULL};
	cleanup_buf struct buf out = BUF_INIT(ANSWER_MAX);
	cleanup_json json_t *manifest = NULL;
	const char *digest;
	int status = collect_docker(w, argv, ASK_MS, &out, err);

	if (status < 0)
		return NULL;
	if (status > 0 && strstr(out.s, "no such manifest") == NULL &&
	    strstr(out.s, "denied: ") == NULL) {
		err_set(err, ERR_UNSUPPORTED, "%s", str_trim(out.s));
		return NULL;
	}
	if (status > 0)
		return json_pack("{s:b}", "exists", 0);
	manifest = json_loads(out.s, JSON_DISABLE_EOF_CHECK, NULL);
	digest = json_get_str(json_object_get(manifest, "config"), "digest", "sha256:");
	return json_pack(
	    "{s:b, s:s}", "exists", 1, "id", digest + strcspn(digest, ":") + 1);
}

json_t *
collect_layers_file(struct check_world *w, const char *key, struct err *err)
{
	size_t n = strcspn(key, "\n");
	cleanup_free char *image = xstrndup(key, n);

	return sandbox_fact_layers_file(
	    w->sandbox, image, key + n + (key[n] == '\n'), err);
}

/* What the student has said: {NAME: TEXT}, "" for a question without a name. */
json_t *
collect_answer(struct check_world *w, const char *key, struct err *err)
{
	json_t *ret = json_object();

	(void)key, (void)err;
	for (size_t i = 0; w->values != NULL && i < w->values->len; i++) {
		const char *name = str_after(w->values->v[i], "answer:");
		const char *value = name != NULL ? strchr(name, '=') : NULL;
		cleanup_free char *copy =
		    value != NULL ? xstrndup(name, (size_t)(value - name)) : NULL;

		if (copy != NULL)
			json_object_set_new(ret, copy, json_string(value + 1));
	}
	return ret;
}

/* ---- a rebuild, in a session and a folder that are thrown away ---- */

struct rebuild {
	struct sandbox *sandbox;
	int folder; /* the copied context */
	char path[64], session[64];
};

static void
close_rebuild(struct check_world *w, struct rebuild *r)
{
	fd_close_p(&r->folder);
	sandbox_free(r->sandbox);
	if (r->session[0] != '\0')
		session_remove(sandbox_store(w->sandbox), r->session, NULL);
	if (r->path[0] != '\0')
		fd_remove_tree(AT_FDCWD, r->path);
}

/* The images that FROM may name. */
static int
lend_tags(struct check_world *w, struct rebuild *r, struct err *err)
{
	cleanup_session_images struct session_images all = {0};

	if (session_images(sandbox_session(w->sandbox), &all, err) < 0)
		return -1;
	for (size_t i = 0; i < all.len; i++)
		for (size_t k = 0; k < all.list[i].tags.len; k++)
			if (session_tag_set(sandbox_session(r->sandbox),
				all.list[i].tags.v[k], all.list[i].id, err) < 0)
				return -1;
	return 0;
}

static int
open_rebuild(struct check_world *w, const char *key, struct rebuild *r, struct err *err)
{
	struct copy c = {.plain = true, .max_entries = 20000, .max_bytes = 256 << 20};
	cleanup_fd int context = collect_context_folder(w, key);

	if (context < 0)
		return err_sys(err, "cannot open the workspace");
	snprintf(r->path, sizeof r->path, "/tmp/drydock-rebuild-XXXXXX");
	if (mkdtemp(r->path) == NULL)
		return err_sys(err, "cannot make a folder");
	r->folder = open(r->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r->folder < 0 || copy_tree(context, r->folder, &c) < 0)
		return err_sys(err, "cannot copy the folder that is built");
	snprintf(r->session, sizeof r->session, "rebuild-%d", (int)getpid());
	if (sandbox_open(r->session, SANDBOX_OUTER_HOST, &r->sandbox, err) < 0)
		return -1;
	return lend_tags(w, r, err);
}

static int
build(struct rebuild *r, struct buf *out, struct err *err)
{
	char *argv[] = {(char *)"build", (char *)"--progress=plain", (char *)".", NULL};
	struct sandbox_client c = SANDBOX_CLIENT_INIT;

	c.root = c.cwd = r->folder;
	c.cwd_path = "/";
	c.asked = true;
	return sandbox_docker_capture(r->sandbox, &c, argv, BUILD_MS, out, err);
}

/* "#7 [build 3/5] RUN make" and "#7 CACHED", in plain progress. */
static json_t *
read_steps(char *text)
{
	json_t *steps = json_array(), *seen = json_object();
	char *line;

	while ((line = strsep(&text, "\n")) != NULL) {
		char *rest = line + strcspn(line, " "), *end;
		cleanup_free char *number = xstrndup(line, (size_t)(rest - line));
		json_t *step = json_object_get(seen, number);

		rest += *rest == ' ';
		if (*line != '#')
			continue;
		if (str_eq(rest, "CACHED") && step != NULL)
			json_object_set_new(step, "cached", json_true());
		end = *rest == '[' ? strstr(rest, "] ") : NULL;
		if (end == NULL || step != NULL || str_starts(rest, "[internal]"))
			continue;
		step = json_pack("{s:s, s:b}", "text", end + 2, "cached", 0);
		json_object_set(seen, number, step);
		json_array_append_new(steps, step);
	}
	json_decref(seen);
	return json_pack("{s:o}", "steps", steps);
}

/* The change is another one each time: what an earlier judging left in the build cache
 * must not answer this one. */
static int
change(int fd, const char *file, struct err *err)
{
	char nonce[17], text[64];

	str_random_hex(nonce, sizeof nonce - 1);
	snprintf(text, sizeof text, "\n# changed %s\n", nonce);
	return fd_write_all(fd, text, strlen(text)) < 0
		   ? err_sys(err, "cannot change the copy of '%s'", file)
		   : 0;
}

static json_t *
try_rebuild(struct rebuild *r, const char *file, struct err *err)
{
	cleanup_buf struct buf first = BUF_INIT(ANSWER_MAX), again = BUF_INIT(ANSWER_MAX);
	cleanup_fd int edited = -1;
	int status = build(r, &first, err);

	if (status < 0)
		return NULL;
	if (status > 0)
		return json_pack("{s:s}", "failed", "the image cannot be built now");
	edited = fd_open_in(r->folder, file, O_WRONLY | O_APPEND | O_CLOEXEC, 0);
	if (edited < 0)
		return json_pack("{s:s}", "failed", "the file to change is not there");
	if (change(edited, file, err) < 0 || build(r, &again, err) < 0)
		return NULL;
	return read_steps(again.s);
}

json_t *
collect_rebuild(struct check_world *w, const char *key, struct err *err)
{
	size_t n = strcspn(key, "\n");
	cleanup_free char *folder = xstrndup(key, n);
	struct rebuild r = {.folder = -1};
	json_t *ret = NULL;

	if (open_rebuild(w, folder, &r, err) == 0)
		ret = try_rebuild(&r, key + n + (key[n] == '\n'), err);
	close_rebuild(w, &r);
	return ret;
}
