/*
 * facts_file.c - a file of an image, as a container would see it
 *
 * The layers are read where they lie, by a child that has the rights of their owner;
 * links are followed inside the stack of layers and nowhere else.
 */
#include "sandbox/private.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LINKS_MAX = 40, PATH_BYTES = 4096, FOLDER = O_RDONLY | O_DIRECTORY | O_CLOEXEC };

struct stack {
	bool count; /* how many layers have it, not what is there */
	int layers;
	const struct vec *chains; /* topmost first */
};

/* A descriptor of what is at path (clean, relative) in the topmost layer that has it. */
static int
open_top(const struct stack *k, const char *path, struct stat *st)
{
	for (size_t i = 0; i < k->chains->len; i++) {
		const struct vec one = {.v = &k->chains->v[i], .len = 1, .cap = 1};
		cleanup_fd int layer = openat(k->layers, k->chains->v[i], FOLDER);
		struct vec upto = {.v = k->chains->v, .len = i + 1, .cap = i + 1};
		int fd;

		/* this layer has it, and none above hides it */
		if (layer < 0 || !store_layers_show(k->layers, &one, path) ||
		    !store_layers_show(k->layers, &upto, path))
			continue;
		fd = fd_open_in_nofollow(layer, path, O_PATH, 0);
		if (fd >= 0 && fstat(fd, st) == 0)
			return fd;
		fd_close_p(&fd);
	}
	errno = ENOENT;
	return -1;
}

/* Resolves links part by part; gives a descriptor or -1 with errno. */
static int
open_path(const struct stack *k, const char *wanted, struct stat *st)
{
	cleanup_free char *rest = path_clean_root(wanted), *done = xstrdup("");
	int links = 0;

	for (;;) {
		size_t n = strcspn(rest + 1, "/");
		bool last = rest[1 + n] == '\0';
		cleanup_free char *part =
		    xasprintf("%s%s%.*s", done, *done ? "/" : "", (int)n, rest + 1);
		cleanup_fd int fd = open_top(k, *part ? part : ".", st);
		char target[PATH_BYTES];
		ssize_t len;
		char *next;

		if (fd < 0)
			return -1;
		if (!S_ISLNK(st->st_mode)) {
			if (last)
				return take_fd(&fd);
			free(done);
			done = xstrdup(part);
			next = xstrdup(rest + 1 + n);
			free(rest);
			rest = next;
			continue;
		}
		len = readlinkat(fd, "", target, sizeof target - 1);
		if (len < 0 || ++links > LINKS_MAX) {
			errno = ELOOP;
			return -1;
		}
		target[len] = '\0';
		next = target[0] == '/'
			   ? xasprintf("%s%s", target, rest + 1 + n)
			   : xasprintf("/%s/%s%s", done, target, rest + 1 + n);
		free(rest);
		rest = path_clean_root(next);
		free(next);
		done[0] = '\0';
	}
}

/* In the child: one letter for each layer that has the path. */
static void
count_layers(const struct stack *k, const char *path, int out)
{
	cleanup_free char *clean = path_clean_root(path);

	for (size_t i = 0; i < k->chains->len; i++) {
		const struct vec one = {.v = &k->chains->v[i], .len = 1, .cap = 1};

		if (store_layers_show(k->layers, &one, clean + 1))
			fd_write_all(out, "x", 1);
	}
	fd_write_all(out, ".", 1);
}

/* In the child: one letter, then the text of a file. */
static void
answer(const struct stack *k, const char *path, size_t max, int out)
{
	cleanup_buf struct buf text = BUF_INIT(BUF_OURS);
	struct stat st;
	cleanup_fd int fd = open_path(k, path, &st), in = -1;
	char link[64];

	if (fd < 0) {
		fd_write_all(out, errno == ENOENT || errno == ENOTDIR ? "-" : "!", 1);
		return;
	}
	fd_write_all(out, S_ISREG(st.st_mode) ? "f" : S_ISDIR(st.st_mode) ? "d" : "o", 1);
	if (!S_ISREG(st.st_mode) || max == 0)
		return;
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	in = open(link, O_RDONLY | O_CLOEXEC);
	while (in >= 0 && text.len < max && buf_read(&text, in, max - text.len) > 0)
		continue;
	fd_write_all(out, text.s, text.len);
}

static pid_t
ask_child(struct sandbox *s, const struct stack *k, const char *path, size_t max, int out,
    struct err *err)
{
	struct holder *h = store_holder(s->store, err);
	pid_t pid = h == NULL ? -1 : fork();

	if (h != NULL && pid < 0)
		return err_sys(err, "cannot fork");
	if (pid == 0) {
		if (holder_enter(h, false, NULL) == 0) {
			if (k->count)
				count_layers(k, path, out);
			else
				answer(k, path, max, out);
		}
		_exit(0);
	}
	return pid;
}

json_t *
sandbox_fact_image_file(
    struct sandbox *s, const char *image, const char *path, size_t max, struct err *err)
{
	cleanup_json json_t *fact = sandbox_fact_image(s, image, err);
	cleanup_store_image struct store_image found = STORE_IMAGE_INIT;
	cleanup_buf struct buf text = BUF_INIT(max + 2);
	struct stack k = {.chains = &found.chains};
	json_t *ret;
	int pipes[2];
	pid_t pid;

	if (fact == NULL)
		return NULL;
	if (!json_get_bool(fact, "exists", false))
		return json_pack("{s:b, s:b}", "exists", 0, "no_image", 1);
	if (store_load_image(s->store, json_get_str(fact, "id", ""), &found, err) < 0 ||
	    (k.layers = store_layers_dir(s->store, err)) < 0)
		return NULL;
	if (pipe2(pipes, O_CLOEXEC) < 0) {
		err_sys(err, "cannot make a pipe");
		return NULL;
	}
	cleanup_fd int ours = pipes[0], theirs = pipes[1];
	pid = ask_child(s, &k, path, max, theirs, err);
	if (pid < 0)
		return NULL;
	fd_close_p(&theirs);
	while (text.len < text.max && buf_read(&text, ours, text.max - text.len) > 0)
		continue;
	fd_close_p(&ours);
	proc_wait(pid);
	if (text.len == 0 || text.s[0] == '!') {
		err_set(err, ERR_SYS, "cannot read '%s' of image '%s'", path, image);
		return NULL;
	}
	if (text.s[0] == '-')
		return json_pack("{s:b}", "exists", 0);
	ret = json_pack("{s:b, s:s}", "exists", 1, "kind",
	    text.s[0] == 'f'   ? "file"
	    : text.s[0] == 'd' ? "folder"
			       : "other");
	if (text.s[0] == 'f')
		json_object_set_new(
		    ret, "text", json_stringn_nocheck(text.s + 1, text.len - 1));
	return ret;
}

json_t *
sandbox_fact_layers_file(
    struct sandbox *s, const char *image, const char *path, struct err *err)
{
	cleanup_json json_t *fact = sandbox_fact_image(s, image, err);
	cleanup_store_image struct store_image found = STORE_IMAGE_INIT;
	cleanup_buf struct buf text = BUF_INIT(4096);
	struct stack k = {.chains = &found.chains, .count = true};
	int pipes[2];
	pid_t pid;

	if (fact == NULL)
		return NULL;
	if (!json_get_bool(fact, "exists", false))
		return json_pack("{s:i, s:b}", "layers", 0, "no_image", 1);
	if (store_load_image(s->store, json_get_str(fact, "id", ""), &found, err) < 0 ||
	    (k.layers = store_layers_dir(s->store, err)) < 0)
		return NULL;
	if (pipe2(pipes, O_CLOEXEC) < 0) {
		err_sys(err, "cannot make a pipe");
		return NULL;
	}
	cleanup_fd int ours = pipes[0], theirs = pipes[1];
	pid = ask_child(s, &k, path, 0, theirs, err);
	if (pid < 0)
		return NULL;
	fd_close_p(&theirs);
	while (text.len < text.max && buf_read(&text, ours, text.max - text.len) > 0)
		continue;
	proc_wait(pid);
	if (text.len == 0) {
		err_set(err, ERR_SYS, "cannot read the layers of image '%s'", image);
		return NULL;
	}
	return json_pack("{s:I}", "layers", (json_int_t)text.len - 1);
}
