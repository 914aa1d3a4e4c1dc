"""What PyTorch says of every answer: how each family reads a blank, and the log-probabilities in float32."""

import torch

from .texts import MARKUP, QUESTIONS, SEGMENTS

BLANK = "[MASK]"


class Question:
    """The parts of a text: left of the blank (segments A and B apart), right of it, and whether a space stands before the blank."""

    def __init__(self, text):
        # " || " stands where one space stood, which belongs to what follows
        segments = text.split(" || ")
        self.segments = [segments[0], *(" " + s for s in segments[1:])]
        self.at = next(k for k, s in enumerate(self.segments) if BLANK in s)
        left, self.right = self.segments[self.at].split(BLANK)
        self.left = left.removesuffix(" ")
        self.space = " " if left.endswith(" ") else ""

    def ids(self, parts, answer):
        """Ids of left, answer and right within the blank's own segment."""
        begins = self.at == 0
        left = parts.ids(self.left, begins)
        answer = parts.ids(self.space + answer, begins and not left)
        assert answer
        return left, answer, parts.ids(self.right, False)


BEST = []
"""what the model liked best in the first row of every reading"""


def read(rows, ids):
    """Log-probabilities of `ids`, one for each row of logits, and whether each is the arg max."""
    logs = torch.log_softmax(rows.float(), -1)
    BEST.append(int(logs[0].argmax()))
    return [float(logs[k, i]) for k, i in enumerate(ids)], [int(logs[k].argmax()) == i for k, i in enumerate(ids)]


def scored(log_probs, is_greedy):
    return {"log_probs": [round(p, 7) for p in log_probs], "is_greedy": is_greedy}


# --- masked -----------------------------------------------------------------------------------------------------------------------


def masked_answer(model, parts, question, answer, mask, typed):
    left, ids, right = question.ids(parts, answer)
    blank = [left, [mask] * len(ids), right]
    if len(question.segments) == 1:
        pieces = [parts.before, *blank, parts.after]
        at, b = len(parts.before) + len(left), None
    elif question.at == 1:
        a = parts.ids(question.segments[0], True)
        pieces = [parts.before, a, parts.between, *blank, parts.after]
        b = len(parts.before) + len(a) + len(parts.between)
        at = b + len(left)
    else:
        second = parts.ids(question.segments[1], False)
        pieces = [parts.before, *blank, parts.between, second, parts.after]
        at, b = len(parts.before) + len(left), sum(map(len, pieces[:5]))
    row = [i for piece in pieces for i in piece]
    types = [int(b is not None and k >= b) * parts.type_of_b for k in range(len(row))]
    found = {"ids": ids, "input_ids": row, **({"token_type_ids": types} if typed else {})}

    def logits(written):
        """Logits at the answer's places with `written` (token or mask) in them."""
        full = torch.tensor([[*row[:at], *written, *row[at + len(ids) :]]])
        inputs = {
            "input_ids": full,
            "attention_mask": torch.ones_like(full),
            **({"token_type_ids": torch.tensor([types])} if typed else {}),
        }
        return model(**inputs).logits[0, at : at + len(ids)]

    def ordered(choose):
        written, places, log_probs, greedy = [mask] * len(ids), [*range(len(ids))], [0.0] * len(ids), [False] * len(ids)
        while places:
            values, best = read(logits(written), ids)
            k = choose(places, values)
            places.remove(k)
            log_probs[k], greedy[k], written[k] = values[k], best[k], ids[k]
        return scored(log_probs, greedy)

    def hidden(which):
        """Each token read with the places `which(k)` masked and the rest of the answer written in."""
        both = []
        for k in range(len(ids)):
            values, best = read(logits([mask if j in which(k) else i for j, i in enumerate(ids)]), ids)
            both.append((values[k], best[k]))
        return scored([v for v, _ in both], [b for _, b in both])

    found["default"] = ordered(lambda places, values: max(places, key=lambda k: values[k]))
    found["ltr"] = ordered(lambda places, _: places[0])
    found["parallel"] = scored(*read(logits([mask] * len(ids)), ids))
    found["pll"] = hidden(lambda k: {k})
    ends = parts.words(ids)
    found["pll-word"] = hidden(lambda k: set(range(k, ends[k])))
    return found


def masked_case(model, parts, names, mask):
    def case(text, answers):
        typed = "token_type_ids" in names
        return {
            "text": text,
            "answers": answers,
            "scores": [masked_answer(model, parts, Question(text), a, mask, typed) for a in answers],
        }

    return case


# --- sequence to sequence ---------------------------------------------------------------------------------------------------------


def decoded(model, encoder_ids, decoder_ids, ids, closing):
    """Answer and closing are read where the decoder's input ends with the token before each of them."""
    start = len(decoder_ids)
    full = [*decoder_ids, *ids, *closing[:-1]]
    logits = model(input_ids=torch.tensor([encoder_ids]), decoder_input_ids=torch.tensor([full])).logits[0]
    rows = logits[start - 1 : start - 1 + len(ids) + len(closing)]
    log_probs, greedy = read(rows, [*ids, *closing])
    n = len(ids)
    return {
        "ids": ids,
        "decoder_ids": full,
        **scored(log_probs[:n], greedy[:n]),
        "closing": {"ids": closing, **scored(log_probs[n:], greedy[n:])},
    }


def t5_case(model, parts, sentinels):
    def case(text, answers):
        question, scores, encoder_ids = Question(text), [], []
        for answer in answers:
            left, ids, right = question.ids(parts, answer)
            encoder_ids = [*parts.before, *left, sentinels[0], *right, *parts.after]
            scores.append(decoded(model, encoder_ids, [model.config.decoder_start_token_id, sentinels[0]], ids, [sentinels[1]]))
        return {"text": text, "answers": answers, "encoder_ids": encoder_ids, "scores": scores}

    return case


def bart_case(model, parts, mask):
    def case(text, answers):
        question, scores, encoder_ids = Question(text), [], []
        for answer in answers:
            left, ids, right = question.ids(parts, answer)
            encoder_ids = [*parts.before, *left, mask, *right, *parts.after]
            start = [model.config.decoder_start_token_id, *parts.before, *left]
            scores.append(decoded(model, encoder_ids, start, ids, [*right, *parts.after]))
        return {"text": text, "answers": answers, "encoder_ids": encoder_ids, "scores": scores}

    return case


# --- causal -----------------------------------------------------------------------------------------------------------------------


def causal_case(model, parts, begin):
    """`begin`: what the model reads before a text of which nothing stands left of the blank and no BOS is added."""

    def case(text, answers):
        question, scores, context = Question(text), [], []
        for answer in answers:
            left, ids, closing = question.ids(parts, answer)
            context = [*parts.before, *left] or [begin]
            row = [*context, *ids, *closing]
            logits = model(input_ids=torch.tensor([row])).logits[0]
            log_probs, greedy = read(logits[len(context) - 1 : len(row) - 1], row[len(context) :])
            n = len(ids)
            scores.append(
                {
                    "ids": ids,
                    **scored(log_probs[:n], greedy[:n]),
                    "closing": {"ids": closing, **scored(log_probs[n:], greedy[n:])},
                }
            )
        return {"text": text, "answers": answers, "context_ids": context, "scores": scores}

    return case


def cases(case, parts, *, markup, segments):
    """All questions of a family. A few get an answer more: the token that the model likes best, where it can be written."""
    found = []
    for text, answers in [*QUESTIONS, *([MARKUP] if markup else []), *(SEGMENTS if segments else [])]:
        BEST.clear()
        case(text, answers[:1])
        best, question = BEST[0], Question(text)
        written = (parts.whole.id_to_token(best) or "").strip("Ġ▁")
        liked = written.isalpha() and written not in answers and question.ids(parts, written)[1] == [best]
        found.append(case(text, [*answers, written] if liked else answers))
    return found
