/*
 * author.c - for whoever writes a lesson: a beginning, and a look at the whole
 */
#include "src/render/render.h"
#include "src/shell/private.h"
#include "src/shell/shell.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A lesson that proves itself: `drydock lesson check` passes on it as it is.  %s: title,
 * image. */
static const char template[] =
    "# %s\n"
    "\n"
    "What the student will be able to do afterwards, in a sentence or two.\n"
    "\n"
    "## Write the Dockerfile\n"
    "\n"
    "Say what it is for. Create a file named `Dockerfile`:\n"
    "\n"
    "```dockerfile\n"
    "FROM busybox\n"
    "RUN echo \"Hello from the image\" > /hello\n"
    "CMD [\"cat\", \"/hello\"]\n"
    "```\n"
    "\n"
    "<!-- expect\n"
    "dockerfile has \"FROM busybox\"\n"
    "   why: every image begins with another one\n"
    "   hint: the first line is `FROM busybox`\n"
    "dockerfile has \"RUN *hello*\" before \"CMD *\"\n"
    "-->\n"
    "\n"
    "## Build it\n"
    "\n"
    "**Where to Run:** terminal\n"
    "\n"
    "```bash\n"
    "docker build -t %s .\n"
    "```\n"
    "\n"
    "<!-- expect\n"
    "image %s exists\n"
    "image %s file /hello contains \"Hello\"\n"
    "-->\n"
    "\n"
    "<details><summary>Hint</summary>\n"
    "\n"
    "The dot at the end is the folder that is built.\n"
    "\n"
    "</details>\n"
    "\n"
    "## Run it\n"
    "\n"
    "Run the image once; the container is to be gone afterwards.\n"
    "\n"
    "<!-- expect\n"
    "run \"docker run*--rm*%s*\"\n"
    "-->\n"
    "\n"
    "<!-- when\n"
    "run \"docker run %s*\"\n"
    "hint: That container is still there: `docker ps -a` shows it. What makes it go by\n"
    "   itself?\n"
    "-->\n"
    "\n"
    "<details><summary>Solution</summary>\n"
    "\n"
    "```bash\n"
    "docker run --rm %s\n"
    "```\n"
    "\n"
    "</details>\n";

/* "My first lesson" -> "my-first-lesson".  Gives. */
static char *
slug(const char *title)
{
	struct buf b = BUF_INIT(BUF_OURS);

	for (; *title != '\0'; title++) {
		bool plain = strchr("abcdefghijklmnopqrstuvwxyz0123456789", *title | 32);

		if (plain && *title != '\0')
			buf_addc(&b, (char)(*title | 32));
		else if (b.len > 0 && b.s[b.len - 1] != '-')
			buf_addc(&b, '-');
	}
	while (b.len > 0 && b.s[b.len - 1] == '-')
		buf_cut(&b, b.len - 1);
	return b.len > 0 ? buf_take(&b) : xstrdup("lesson");
}

int
author_new(int argc, char **argv)
{
	cleanup_free char *base = NULL, *name = NULL, *file = NULL;
	cleanup_buf struct buf text = BUF_INIT(BUF_OURS);

	if (argc != 2 || argv[1][0] == '-') {
		fprintf(stderr, "Usage:  drydock lesson new TITLE-or-FILE.md\n");
		return 2;
	}
	base = course_lesson_name(argv[1]);
	name = slug(base);
	file = str_ends(argv[1], ".md") ? xstrdup(argv[1]) : xasprintf("%s.md", name);
	cleanup_fd int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	buf_addf(&text, template, base, name, name, name, name, name, name);
	if (fd < 0 || fd_write_all(fd, text.s, text.len) < 0) {
		fprintf(stderr, "drydock: cannot write '%s': %m\n", file);
		return 1;
	}
	printf("%s is a lesson already. Look at it, prove it, take it:\n"
	       "  drydock lesson preview %s\n"
	       "  drydock lesson check %s\n"
	       "  drydock %s\n",
	    file, file, file, file);
	return 0;
}

/* ---- preview ---- */

static void
show(const char *markdown, const struct render_opts *o)
{
	cleanup_buf struct buf out = BUF_INIT(BUF_OURS);

	render_markdown(markdown, strlen(markdown), o, &out);
	fwrite(out.s, 1, out.len, stdout);
}

static void
show_parts(const struct lesson_step *s, const struct render_opts *o)
{
	for (size_t i = 0; i < s->nparts; i++) {
		printf("\n  -- %s --\n", s->parts[i].title);
		show(s->parts[i].text, o);
	}
}

static void
show_checks(const struct lesson_check *checks, size_t n, const char *first)
{
	for (size_t i = 0; i < n; i++) {
		const struct lesson_check *c = &checks[i];

		printf("  %s %s%s%s%s\n", first, c->source,
		    c->inferred ? "  (from its commands)" : "",
		    c->optional ? " (optional)" : "", c->hidden ? " (hidden)" : "");
		show_checks(c->any, c->nany, "   or");
		if (c->why != NULL)
			printf("      why: %s\n", c->why);
		if (c->hint != NULL)
			printf("      hint: %s\n", c->hint);
	}
}

static void
show_step(const struct lesson *l, size_t i, const struct render_opts *o)
{
	const struct lesson_step *s = &l->steps[i];

	printf("\n---- step %zu of %zu, line %d ----\n\n", i + 1, l->nsteps, s->line);
	if (s->intro[0] != '\0')
		show(s->intro, o);
	show(s->text, o);
	if (s->nchecks > 0)
		printf("\n  It is done when\n");
	show_checks(s->checks, s->nchecks, "-");
	for (size_t k = 0; k < s->nwhens; k++) {
		printf("  When\n");
		show_checks(s->whens[k].checks, s->whens[k].nchecks, "-");
		printf("      say: %s\n", s->whens[k].hint);
	}
	show_parts(s, o);
}

int
author_preview(int argc, char **argv)
{
	struct render_opts o = {
	    .width = 80, .color = isatty(STDOUT_FILENO) && getenv("NO_COLOR") == NULL};
	cleanup_buf struct buf text = BUF_INIT(LESSON_MAX + 1);
	cleanup_lesson struct lesson *l = NULL;
	struct err err = ERR_INIT;
	size_t mistakes = 0;

	if (argc != 2) {
		fprintf(stderr, "Usage:  drydock lesson preview FILE\n");
		return 2;
	}
	if (fd_read_file(AT_FDCWD, argv[1], &text, &err) < 0) {
		fprintf(stderr, "drydock: %s\n", err.text);
		return 1;
	}
	l = lesson_load(text.s, text.len, path_base(argv[1]));
	printf("%s\n", l->title);
	for (size_t i = 0; i < l->nsteps; i++)
		show_step(l, i, &o);
	fflush(stdout);
	for (size_t i = 0; i < l->nwarnings; i++) {
		mistakes += l->warnings[i].mistake;
		fprintf(stderr, "%s:%d: %s\n", argv[1], l->warnings[i].line,
		    l->warnings[i].text);
	}
	return mistakes > 0;
}
