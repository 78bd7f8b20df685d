/*
 * lint.c - `drydock lint`: a Dockerfile's warnings, with why and what to do
 *
 * Docker's rules and those for Python images; as text, JSON, SARIF 2.1.0, or the parsed
 * file itself.  Exit code: 0 without warnings, 1 with, 2 when it is no Dockerfile.
 */
#include "sandbox/docker/command.h"
#include "sandbox/dockerfile/dockerfile.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { FILE_MAX = 16 << 20, EXIT_WARNED = 1, EXIT_BROKEN = 2 };

struct lint {
	const char *name; /* as the user wrote it */
	struct client client;
	struct buf text;
	struct dockerfile *df;
	struct dockerfile_warnings warnings;
};

static void
lint_done(struct lint *l)
{
	client_done(&l->client);
	buf_done(&l->text);
	dockerfile_free(l->df);
	dockerfile_warnings_done(&l->warnings);
}

static const char *
why(const struct dockerfile_warning *w)
{
	const struct dockerfile_advice *a = dockerfile_advice(w->rule);

	return a != NULL ? a->why : "";
}

static const char *
fix(const struct dockerfile_warning *w)
{
	const struct dockerfile_advice *a = dockerfile_advice(w->rule);

	return a != NULL ? a->fix : "";
}

/* ---- the forms
 * ---------------------------------------------------------------------------- */

static void
print_text(const struct lint *l)
{
	for (size_t i = 0; i < l->warnings.len; i++) {
		const struct dockerfile_warning *w = &l->warnings.v[i];
		const char *also = dockerfile_also(w);
		printf("%s:%d %s%s%s%s %s\n    why: %s\n    fix: %s\n", l->name,
		    w->lines.first, w->rule, also != NULL ? " (" : "",
		    also != NULL ? also : "", also != NULL ? ")" : "", w->message, why(w),
		    fix(w));
	}
	if (l->warnings.len == 0)
		printf("%s: no warnings\n", l->name);
}

/* A list is printed as it is made: a million warnings are no tree in memory. */
struct printer {
	const char *begin; /* in front of the first */
	size_t n;
};

static void
print_one(void *user, json_t *j)
{
	struct printer *p = user;
	cleanup_json json_t *one = j;

	fputs(p->n++ > 0 ? ",\n" : p->begin, stdout);
	json_dumpf(one, stdout, JSON_INDENT(2));
}

static void
print_list(const struct lint *l)
{
	struct printer p = {.begin = "\n"};

	putchar('[');
	for (size_t i = 0; i < l->warnings.len; i++) {
		const struct dockerfile_warning *w = &l->warnings.v[i];
		print_one(&p,
		    json_pack("{s:s, s:i, s:i, s:s, s:s, s:s*, s:s, s:s, s:s}", "file",
			l->name, "line", w->lines.first, "endLine", w->lines.last,
			"level", "warning", "code", w->rule, "also", dockerfile_also(w),
			"message", w->message, "why", why(w), "fix", fix(w)));
	}
	fputs("\n]\n", stdout);
}

/* The rules that have something to say, each once. */
static void
sarif_rules(const struct lint *l, struct vec *known)
{
	struct printer p = {.begin = "\n"};

	for (size_t i = 0; i < l->warnings.len; i++) {
		const struct dockerfile_warning *w = &l->warnings.v[i];

		if (vec_has(known, w->rule))
			continue;
		vec_add(known, w->rule);
		print_one(&p, json_pack("{s:s, s:{s:s}, s:{s:s}, s:{s:s}}", "id", w->rule,
				  "shortDescription", "text", why(w), "help", "text",
				  fix(w), "defaultConfiguration", "level", "warning"));
	}
}

static json_t *
sarif_result(
    const struct lint *l, const struct dockerfile_warning *w, const struct vec *known)
{
	const char *file = str_eq(l->name, "-") ? "stdin" : l->name;
	int at = 0;

	while (!str_eq(known->v[at], w->rule))
		at++;
	return json_pack("{s:s, s:i, s:s, s:{s:s}, s:[{s:{s:{s:s}, s:{s:i, s:i}}}]}",
	    "ruleId", w->rule, "ruleIndex", at, "level", "warning", "message", "text",
	    w->message, "locations", "physicalLocation", "artifactLocation", "uri", file,
	    "region", "startLine", w->lines.first, "endLine", w->lines.last);
}

static void
print_sarif(const struct lint *l)
{
	cleanup_vec struct vec known = VEC_INIT;
	struct printer p = {.begin = "\n"};

	printf("{\"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\", "
	       "\"version\": \"2.1.0\", \"runs\": [{\"tool\": {\"driver\": {\"name\": "
	       "\"drydock lint\", \"version\": \"%s\", \"rules\": [",
	    VERSION);
	sarif_rules(l, &known);
	fputs("]}}, \"results\": [", stdout);
	for (size_t i = 0; i < l->warnings.len; i++)
		print_one(&p, sarif_result(l, &l->warnings.v[i], &known));
	fputs("]}]}\n", stdout);
}

static const struct {
	const char *name;
	void (*print)(const struct lint *l); /* NULL: the parsed lines, not judged */
} formats[] = {
    {"text", print_text},
    {"json", print_list},
    {"sarif", print_sarif},
    {"ast", NULL},
};

/* ---- the command
 * ---------------------------------------------------------------------------- */

static int
usage(void)
{
	fprintf(stderr, "usage: drydock lint [--format text|json|sarif|ast] [FILE]\n");
	return EXIT_BROKEN;
}

static int
read_text(struct lint *l, struct err *err)
{
	if (str_eq(l->name, "-"))
		return fd_slurp(STDIN_FILENO, "standard input", &l->text, err);
	cleanup_fd int fd = client_open(&l->client, l->name, O_RDONLY | O_NONBLOCK, 0);
	if (fd < 0)
		return err_sys(err, "open %s", l->name);
	return fd_slurp(fd, l->name, &l->text, err);
}

/* .dockerignore beside the file, for CopyIgnoredFile; without one nothing is left out. */
static void
find_warnings(struct lint *l)
{
	cleanup_buf struct buf text = BUF_INIT(FILE_MAX);
	cleanup_free char *dir = path_dir(l->name);
	cleanup_free char *path = path_join(dir, ".dockerignore");
	cleanup_ignore struct ignore *ignore = NULL;

	cleanup_fd int fd = client_open(&l->client, path, O_RDONLY | O_NONBLOCK, 0);
	if (fd >= 0 && fd_slurp(fd, path, &text, NULL) == 0)
		ignore = ignore_parse(text.s, text.len, NULL);
	const struct dockerfile_lint_input in = {.ignore = ignore, .hadolint = true};
	dockerfile_lint(l->df, &in, &l->warnings);
	dockerfile_lint_python(l->df, &l->warnings);
	dockerfile_sort_warnings(&l->warnings);
}

static int
broken(const struct lint *l, struct dockerfile_range where, const struct err *err)
{
	cleanup_buf struct buf frame = BUF_INIT(BUF_OURS);

	dockerfile_frame(&frame, path_base(l->name), l->text.s, l->text.len, where);
	fprintf(stderr, "%sERROR: %s\n", frame.s, err->text);
	return EXIT_BROKEN;
}

static int
print_ast(const struct lint *l, struct dockerfile_range *where, struct err *err)
{
	struct printer p = {.begin = "[\n"};

	/* nothing is printed before all could be read */
	if (dockerfile_ast_each(l->text.s, l->text.len, print_one, &p, where, err) < 0)
		return -1;
	fputs("\n]\n", stdout);
	return 0;
}

static int
lint(const char *name, size_t format)
{
	__attribute__((cleanup(lint_done))) struct lint l = {
	    .name = name, .client = CLIENT_INIT, .text = BUF_INIT(FILE_MAX)};
	struct dockerfile_range where = {0};
	struct err err = ERR_INIT;

	if (client_init(&l.client, &err) < 0 || read_text(&l, &err) < 0)
		return broken(&l, where, &err);
	if (formats[format].print == NULL)
		return print_ast(&l, &where, &err) == 0 ? 0 : broken(&l, where, &err);
	l.df = dockerfile_parse(l.text.s, l.text.len, &where, &err);
	if (l.df == NULL)
		return broken(&l, where, &err);
	find_warnings(&l);
	formats[format].print(&l);
	return l.warnings.len > 0 ? EXIT_WARNED : 0;
}

int
docker_lint_main(int argc, char **argv)
{
	const char *format = "text", *name = NULL;

	for (int i = 1; i < argc; i++) {
		const char *value = str_after(argv[i], "--format");
		if (value != NULL && *value == '=')
			format = value + 1;
		else if (value != NULL && *value == '\0' && i + 1 < argc)
			format = argv[++i];
		else if (name == NULL && (*argv[i] != '-' || str_eq(argv[i], "-")))
			name = argv[i];
		else
			return usage();
	}
	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (str_eq(formats[i].name, format))
			return lint(name != NULL ? name : "Dockerfile", i);
	return usage();
}
