/* render: Markdown as text for a terminal. */
#include "src/render/render.h"
#include "tests/unit/test.h"
#include <cmark.h>

static const struct render_opts plain = {.width = 40};
static const struct render_opts colors = {.width = 40, .color = true, .hyperlinks = true};

static char shown[200000];

static const char *
render_n(const char *text, size_t len, const struct render_opts *o)
{
	struct buf out cleanup_buf = BUF_INIT(BUF_OURS);

	render_markdown(text, len, o, &out);
	snprintf(shown, sizeof shown, "%s", out.s);
	return shown;
}

static const char *
render(const char *text)
{
	return render_n(text, strlen(text), &plain);
}

static void
headings(void)
{
	CHECK_STR(render("# A **bold** title\n\ntext\n\n### Small\n"),
	    "A bold title\n════════════\n\ntext\n\n### Small\n");
	CHECK_STR(render_n("### Small\n", 10, &colors), "\033[1mSmall\033[0m\n");
}

static void
wrapping(void)
{
	CHECK_STR(
	    render("one two three four five six seven eight nine **ten**, `a b` end\n"),
	    "one two three four five six seven eight\nnine ten, `a b` end\n");
	CHECK_STR(render("first line  \nsecond\n"), "first line\nsecond\n");
}

static void
wide_characters(void)
{
	/* 24 characters of two columns each: twenty fit. */
	CHECK_STR(render("容器容器容器容器容器容器容器容器容器容器容器容器\n"),
	    "容器容器容器容器容器容器容器容器容器容器\n容器容器\n");
}

static void
long_word(void)
{
	CHECK_STR(render("x aaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbbbccccc\n"),
	    "x\naaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbbb\nccccc\n");
}

static void
lists(void)
{
	CHECK_STR(render("- one\n- two\n  1. deep\n  2. er\n- three\n"),
	    "• one\n• two\n  1. deep\n  2. er\n• three\n");
	CHECK_STR(
	    render("1. one\n\n   more\n\n2. two\n"), "1. one\n\n   more\n\n2. two\n");
	CHECK_STR(render("- [ ] open\n- [x] done\n"), "- [ ] open\n- [x] done\n");
	CHECK(strstr(render_n("- [x] done\n", 11, &colors), "\xe2\x98\x91 done") != NULL);
	CHECK_STR(render("- \n- x\n"), "•\n• x\n");
}

static void
code_is_not_wrapped(void)
{
	const char *got =
	    render("```bash\ndocker run -d -p 5000:5000 --name my-running-app my-"
		   "python-app\n```\n");

	CHECK(strstr(got, "\n    docker run -d -p 5000:5000 --name my-running-app "
			  "my-python-app\n") != NULL);
	CHECK(str_starts(got, "  \xe2\x94\x80\xe2\x94\x80 bash "));
}

static void
code_in_a_list(void)
{
	CHECK(strstr(render("1. Do\n\n   ```\n   x\n     y\n   ```\n"),
		  "\n       x\n         y\n") != NULL);
}

static void
links(void)
{
	CHECK_STR(render("[Hub](https://h.example/) and <https://x.example/>\n"),
	    "Hub (https://h.example/) and\nhttps://x.example/\n");
	CHECK_STR(render("see [below](#step-1)\n"), "see below\n");
	CHECK_STR(render_n("[a b](https://h.example/)\n", 26, &colors),
	    "\033[4m\033]8;;https://h.example/\033\\a b\033]8;;\033\\\033[0m\n");
}

static void
quotes_and_rules(void)
{
	CHECK_STR(render("> a\n> > b\n\n---\n"),
	    "│ a\n│\n│ │ b\n\n────────────────────────────────────────\n");
}

static void
tables(void)
{
	CHECK_STR(
	    render("| Name | What it `a|b` is |\n|---|:--|\n| x | 1 |\n| longer |  |\n"),
	    "Name    What it `a|b` is\n──────  ────────────────\nx       1\nlonger\n");
	/* Too wide: cells are wrapped, nothing is lost. */
	CHECK_STR(
	    render(
		"|a|b|\n|-|-|\n|x|one two three four five six seven eight nine ten|\n"),
	    "a  b\n─  ─────────────────────────────────────\n"
	    "x  one two three four five six seven\n   eight nine ten\n");
}

static void
html(void)
{
	CHECK_STR(render("a <!-- gone --> b<br>c <kbd>Ctrl</kbd> <your_name> <x>\n"),
	    "a b\nc Ctrl <your_name> <x>\n");
	CHECK_STR(render("<!-- expect\nimage x exists\n-->\n\ntext\n"), "text\n");
	CHECK_STR(
	    render(
		"<details>\n<summary>More &amp; more</summary>\n\nbody\n\n</details>\n"),
	    "More & more\n\nbody\n");
	CHECK_STR(render("---\ntitle: x\n# no heading\n---\nText\n"), "Text\n");
}

static void
nothing_reaches_the_terminal(void)
{
	static const char evil[] =
	    "a\033[31mred\033]0;t\007 \xc2\x9b"
	    "1m \xe2\x80\xae\xff\n\n"
	    "```\n\033[2J\n```\n\n[x](https://e.example/\033]0;x)\n";
	const char *got = render_n(evil, sizeof evil - 1, &plain);

	CHECK(strchr(got, '\033') == NULL);
	CHECK(strchr(got, '\007') == NULL);
	CHECK(strstr(got, "\xc2\x9b") == NULL);
	CHECK(strstr(got, "\xe2\x80\xae") == NULL);
	CHECK(strchr(got, '\xff') == NULL);
	CHECK(strstr(got, "a\xe2\x90\x9b[31mred") != NULL);
	got = render_n(evil, sizeof evil - 1, &colors);
	CHECK(strstr(got, "\033[31m") == NULL);
	CHECK(strstr(got, "\033]0") == NULL);
	CHECK(strstr(got, "\033[2J") == NULL);
}

static void
deep_nesting(void)
{
	struct buf b cleanup_buf = BUF_INIT(BUF_OURS);

	for (int i = 0; i < 20000; i++)
		buf_adds(&b, "> ");
	buf_adds(&b, "bottom\n\n");
	for (int i = 0; i < 20000; i++)
		buf_adds(&b, "*a ");
	CHECK(strstr(render_n(b.s, b.len, &plain), "bottom") != NULL);
}

static void
long_lines_and_nul(void)
{
	struct buf b cleanup_buf = BUF_INIT(BUF_OURS),
		     out cleanup_buf = BUF_INIT(BUF_OURS);

	for (int i = 0; i < 1 << 20; i++)
		buf_addc(&b, i % 9000 == 0 ? '\0' : 'x');
	buf_adds(&b, "\n```\nnever closed");
	render_markdown(b.s, b.len, &plain, &out);
	CHECK(strstr(out.s, "never closed") != NULL);
	CHECK(out.len > 1 << 20);
}

static void
plain_text_of_a_heading(void)
{
	cmark_node *doc = cmark_parse_document("# a **b** `c` [d](e)\n", 21, 0);
	char *got cleanup_free = render_plain(cmark_node_first_child(doc));

	cmark_node_free(doc);
	CHECK_STR(got, "a b c d");
}

TEST_MAIN({"headings stand out", headings}, {"text is wrapped to the width", wrapping},
    {"wide characters count two columns", wide_characters},
    {"a word wider than the line is cut", long_word}, {"lists nest and count", lists},
    {"code is never wrapped", code_is_not_wrapped},
    {"code in a list is indented", code_in_a_list},
    {"links are links or show their address", links},
    {"quotes and rules", quotes_and_rules},
    {"pipe tables are aligned and wrapped", tables}, {"HTML becomes its text", html},
    {"no control character of a document comes through", nothing_reaches_the_terminal},
    {"nesting without end does not end the program", deep_nesting},
    {"a line of a megabyte with NUL bytes is shown", long_lines_and_nul},
    {"the plain text of a heading", plain_text_of_a_heading})
