# for whoever writes a lesson: new, preview, check, verbs
. "$(dirname "$0")/lib.sh"
lesson() {
	"$DRYDOCK_BIN" lesson "$@"
}
t 'a lesson is begun' lesson new 'My Own Lesson'
has 'and one is told what to do next' "$out" 'drydock lesson check my-own-lesson.md'
run lesson new 'My Own Lesson'
is 'it is not written over' $code 1
t 'the beginning proves itself' lesson check my-own-lesson.md
has 'each of its steps' "$out" '3 passed, 0 failed'
t 'it can be looked at' lesson preview my-own-lesson.md
has 'with its steps' "$out" 'step 2 of 3'
has 'its checks' "$out" 'image my-own-lesson exists'
has 'and its hints' "$out" 'The dot at the end'
sed 's/^image my-own-lesson exists/imge my-own-lesson exists/' my-own-lesson.md >wrong.md
run lesson preview wrong.md
is 'a mistake is exit status 1' $code 1
has 'told with file and line, and what was meant' "$out" 'wrong.md:31: "imge" is no subject; did you mean "image"?'
run lesson check wrong.md
is 'and so it is for check' $code 1
has 'in the same words' "$out" 'wrong.md:31: "imge" is no subject'
sed 's/^docker build -t .*/true/' my-own-lesson.md >unproven.md
run lesson check unproven.md
is 'a step that its own commands do not bring about is found' $code 1
has 'and named' "$out" 'Build it'
cat >attempts.md <<'EOT'
# Attempts

## Make a file

<!-- expect
file one exists
   hint: the file is called one
-->

<!-- when
file two exists
   hint: This is the file `two`.
-->

<details><summary>Wrong: another name</summary>

    touch two

> the file `two`

    rm two
</details>
<details><summary>Solution</summary>

    touch one
</details>
EOT
t 'a wrong attempt that is answered as the lesson says' lesson check attempts.md
has 'is counted' "$out" '1 wrong attempts answered'
sed 's/^> .*/> something else/' attempts.md >unsaid.md
run lesson check unsaid.md
is 'one that is answered otherwise is a mistake' $code 1
has 'and the answer is shown' "$out" 'the tutor says: This is the file `two`.'
sed '0,/touch two/s//touch one/' attempts.md >passes.md
run lesson check passes.md
has 'and so is one that passes' "$out" 'this wrong attempt passes'
run lesson verbs
is 'verbs are listed' $code 0
for subject in image container volume network http output dockerfile context rebuild file run hub report answer; do
	has "$subject is among them" "$out" "$(printf '\n%s ' "$subject")"
done
done_testing
