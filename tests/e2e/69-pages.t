# the words faq and glossary: pages beside the lessons
. "$(dirname "$0")/lib.sh"
space=$work/space
session=lesson-pages-$$
mkdir "$space"
printf '# Pages\n\n## Make a file\n\n    touch done\n\n<!-- expect\nfile done exists\n-->\n' >"pages-$$.md"
trap 'DRYDOCK_SESSION=$session; "$DRYDOCK_BIN" session rm "$session" >/dev/null 2>&1; cleanup' EXIT
learn() {
	printf '%s\n' "$@" | "$DRYDOCK_BIN" learn --private --workspace "$space" "pages-$$.md" 2>&1
}
pages=$here/lessons/pages

out=$(learn faq)
has 'faq lists the questions' "$out" '1. What is a Dockerfile for?'
has 'the last of them too' "$out" "$(grep -c '^## ' "$pages/faq.md"). Where can I read more?"
for question in 'What is a Dockerfile' 'make an image smaller' 'account on Docker Hub' 'between COPY and ADD' 'see the layers'; do
	has "the course's question is among them: $question" "$out" "$question"
done
awk '/^## / { if (n++ && !shown) exit 1; shown = 0 } /^    / { shown = 1 } END { exit !shown }' "$pages/faq.md"
is 'each answer has a command' $? 0
out=$(learn 'faq 5')
has 'a number answers one' "$out" 'docker history --no-trunc my-python-app'
hasnt 'and only that' "$out" 'recipe of an image'
out=$(learn 'faq copy')
has 'a word finds what it is about' "$out" 'docker history my-python-app'
out=$(learn 'faq toomanyrequests')
has 'also in the answers' "$out" 'real Docker Hub'
out=$(learn 'faq zebra')
has 'what is not there is said' "$out" 'Nothing is said about `zebra`'
out=$(learn glossary)
has 'glossary lists its words' "$out" 'base image, build'
out=$(learn 'glossary tag')
has 'and says what one means' "$out" 'the colon of an image'
hasnt 'that one alone' "$out" 'multi-stage'
out=$(learn help)
has 'help names both' "$out" 'faq [N|WORD]'
# the commands of the answers are such that this docker knows
sed -n 's/^    docker \([a-z]*\) .*/\1/p' "$pages/faq.md" | sort -u >words
while read -r word; do
	t "docker $word is a command" "$DRYDOCK_BIN" docker "$word" --help
done <words
done_testing
