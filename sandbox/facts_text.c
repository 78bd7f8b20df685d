/*
 * facts_text.c - what a Dockerfile and a .dockerignore say, for the tutor
 */
#include "sandbox/dockerfile/dockerfile.h"
#include "sandbox/private.h"
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

/* Greedy with one place to go back to: linear for what people write. */
bool
sandbox_glob(const char *pattern, const char *text)
{
	const char *star = NULL, *again = NULL;

	while (*text != '\0') {
		if (*pattern == '*') {
			star = ++pattern;
			again = text;
		} else if (*pattern == '?' || *pattern == *text) {
			pattern++;
			text++;
		} else if (star != NULL) {
			pattern = star;
			text = ++again;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

/* ---- Dockerfile ---- */

/* KEYWORD ["a", "b"], however it was spaced. */
static char *
array_text(const struct dockerfile_instr *in)
{
	struct buf b = BUF_INIT(BUF_OURS);

	buf_addf(&b, "%s [", dockerfile_row(in->kind)->name);
	for (size_t i = 0; i < in->n_args; i++) {
		buf_adds(&b, i > 0 ? ", " : "");
		dockerfile_quote(&b, in->args[i]);
	}
	buf_addc(&b, ']');
	return buf_take(&b);
}

/* One blank between words. */
static char *
plain_text(const char *text)
{
	struct buf b = BUF_INIT(BUF_OURS);
	bool blank = false;

	for (; *text != '\0'; text++) {
		if (isspace((unsigned char)*text)) {
			blank = b.len > 0;
			continue;
		}
		if (blank)
			buf_addc(&b, ' ');
		blank = false;
		buf_addc(&b, *text);
	}
	return buf_take(&b);
}

static void
add_instruction(json_t *list, const struct dockerfile_instr *in)
{
	bool array =
	    in->is_json && in->kind != DOCKERFILE_COPY && in->kind != DOCKERFILE_ADD;
	cleanup_free char *text = array ? array_text(in) : plain_text(in->text);
	json_t *j = json_string(text);

	json_array_append_new(list, json_pack("{s:i, s:o}", "line", in->lines.first,
					"text", j != NULL ? j : json_string("")));
}

json_t *
sandbox_fact_dockerfile(const char *text, size_t len)
{
	struct dockerfile_range where = {0};
	struct err err = ERR_INIT;
	cleanup_dockerfile struct dockerfile *df =
	    dockerfile_parse(text, len, &where, &err);
	json_t *list;

	if (df == NULL)
		return json_pack("{s:s, s:i}", "problem", err.text, "line", where.first);
	list = json_array();
	for (size_t i = 0; i < df->n_globals; i++)
		add_instruction(list, &df->globals[i]);
	for (size_t i = 0; i < df->n_stages; i++) {
		add_instruction(list, &df->stages[i].from);
		for (size_t k = 0; k < df->stages[i].n_instrs; k++)
			add_instruction(list, &df->stages[i].instrs[k]);
	}
	return json_pack("{s:o}", "instructions", list);
}

/* ---- the context ---- */

enum { FILES_MAX = 100000, DEPTH_MAX = 64, SHOWN_MAX = 20 };

struct walk {
	const char *glob;
	const struct ignore *ignore;
	json_t *included;
	long excluded, seen;
};

/* "src" fits "src/a.py" too, and "*.log" a file in any folder named by the glob. */
static bool
fits(const char *glob, const char *path)
{
	cleanup_free char *part = xstrdup(path);
	const char *any = str_after(glob, "**/");

	for (;;) {
		char *slash;

		if (sandbox_glob(glob, part) || (any != NULL && sandbox_glob(any, part)))
			return true;
		slash = strrchr(part, '/');
		if (slash == NULL)
			return false;
		*slash = '\0';
	}
}

static void
note(struct walk *w, const char *path)
{
	if (!fits(w->glob, path))
		return;
	if (ignore_match(w->ignore, path))
		w->excluded++;
	else if (json_array_size(w->included) < SHOWN_MAX)
		json_array_append_new(w->included, json_string(path));
}

static void
walk(struct walk *w, int at, const char *name, const char *path, int depth)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	cleanup_dir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	while (dir != NULL && (e = readdir(dir)) != NULL && w->seen < FILES_MAX) {
		struct stat st;

		if (str_eq(e->d_name, ".") || str_eq(e->d_name, "..") ||
		    fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		cleanup_free char *below =
		    *path ? xasprintf("%s/%s", path, e->d_name) : xstrdup(e->d_name);
		w->seen++;
		if (!S_ISDIR(st.st_mode))
			note(w, below);
		else if (depth < DEPTH_MAX)
			walk(w, dirfd(dir), e->d_name, below, depth + 1);
	}
}

/* Would something that the glob means be left out, were it there? */
static bool
rule_for(const struct ignore *ig, const char *glob)
{
	cleanup_free char *example = xstrdup(str_starts(glob, "**/") ? glob + 3 : glob);

	for (char *p = example; *p != '\0'; p++)
		if (*p == '*' || *p == '?')
			*p = 'x';
	return ignore_match(ig, example);
}

json_t *
sandbox_fact_context(int folder, const char *glob, struct err *err)
{
	cleanup_buf struct buf text = BUF_INIT(1 << 20);
	cleanup_ignore struct ignore *ig = NULL;
	cleanup_fd int fd = fd_open_in(folder, ".dockerignore", O_RDONLY, 0);
	struct walk w = {.glob = glob};

	if (fd < 0 && errno != ENOENT) {
		err_sys(err, "cannot open .dockerignore");
		return NULL;
	}
	if (fd >= 0) {
		if (fd_slurp(fd, ".dockerignore", &text, err) < 0)
			return NULL;
		ig = ignore_parse(text.s, text.len, err);
		if (ig == NULL)
			return NULL;
	}
	w.ignore = ig;
	w.included = json_array();
	walk(&w, folder, ".", "", 0);
	return json_pack("{s:o, s:I, s:b}", "included", w.included, "excluded",
	    (json_int_t)w.excluded, "rules", ig != NULL && rule_for(ig, glob));
}
