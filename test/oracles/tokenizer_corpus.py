"""The hard strings of the tokenizer fixtures: a list made by hand, then strings drawn from Unicode by a seeded generator."""

import random
import unicodedata

HAND = [
    "", " ", "   ", "\t\n\r", "\u00a0", "\u3000 \u2003", "\u0085", "\ufeff", "\u200b", "\x00", "\x07\x7f", "\ufffd",
    "Yes", " Yes", "  Yes", "Yes ", " Yes  ", "\tYes", "\nYes\n", "No.", " No, thanks!", "yes yes  yes   yes",
    "The cat sat on the mat.", " the river", "The bridge, which is old, crosses the river.", "Is it true? Answer:",
    "don't can't won't I'll you've we're he'd it's I'm", "DON'T IT'S I'LL", "don’t it’s", "'s 't 're", "x's'y''z'",
    "1234567890", "3.14159", "1,000,000", "10%", "$5.00", "€20", "£7", "¥900", "2024-06-01", "12:30:59", "1st 2nd 3rd",
    "0x1F", "1e-10", "x²+y³=z⁴", "½ ¾ ⅓", "№ 5", "Ⅳ Ⅻ ⅷ", "①②③", "㊀㊁", "㌔㍍", "٣٤٥", "१२३", "๑๒๓", "𝟘𝟙𝟚",
    "https://example.org/a_b?c=d&e=f#g", "me@example.org", "C:\\Temp\\x.txt", "/usr/lib/x.so.1", "#tag @name",
    "for (int i = 0; i < n; i++) { a[i] = b[i] >> 2; }", "def f(x):\n    return x ** 2\n", "{\"a\": [1, null, true]}",
    "<p class=\"x\">&amp;&nbsp;</p>", "SELECT * FROM t WHERE a <> 'b';", "\\frac{a}{b} \\le \\sum_{i=1}^n",
    "[MASK]", "[CLS] a [SEP]", "a[MASK]b", "<s>a</s>", "<mask>", "<pad><unk>", "<|endoftext|>", "<|startofpiece|>x<|endofpiece|>",
    "[gMASK] [sMASK] [UNK] [PAD]", "<n>", "a<n>b", " <n> ", "<n><n>", "<n", "n>", "<N>", "a <n>  b", "［ＭＡＳＫ］",
    "##ing", "##", "a##b", "# #", "Ġthe", "ĠĊ", "Â", "▁", "▁the", "a▁b", "▁▁", "the ▁ cat", "a▁", "▁ ▁",
    "café", "cafe\u0301", "CAFÉ", "naïve Zoë Ångström", "A\u030angstro\u0308m", "façade", "crème brûlée", "São Tomé", "Đà Nẵng",
    "e\u0301\u0323", "e\u0323\u0301", "\u0301", " \u0301x", "x\u0301\u0302\u0303\u0304\u0305\u0306\u0307", "n\u0303o", "\u0344", "\u1fef",
    "İstanbul", "ISTANBUL", "ıi Iİ", "I\u0307", "i\u0307", "Diyarbakır", "straße", "STRASSE", "Straẞe", "Maß", "ǅ ǈ Ǳ", "ŉ ǰ ẖ",
    "ΟΔΟΣ", "ΣΑΣ", "Σ", "ς", "όσος", "ΑΣ ΑΣ.", "ά α\u0301", "ὈΔΥΣΣΕΎΣ", "ᾳ ᾼ ͅ", "Привет, мир!", "ЁЖ ёж", "й и\u0306", "Їжак",
    "שלום עולם", "שָׁלוֹם", "\u202eabc\u202c", "\u2067abc\u2069", "مرحبا بالعالم", "مَرْحَبًا", "ﷺ ﷲ", "ﻻ ﺍ", "لا", "۱۲۳",
    "नमस्ते", "क्षत्रिय", "สวัสดีชาวโลก", "น้ำ", "ภาษาไทย 123", "བོད", "ຂ້ອຍ", "ខ្មែរ", "தமிழ்", "မြန်မာ", "አማርኛ", "ᏣᎳᎩ ꭳ", "ᚠᚢᚦ",
    "안녕하세요 세계", "한국어", "\u1112\u1161\u11ab\u1100\u116e\u11a8", "ㅎㅏㄴ", "가", "\u1100\u1161", "ﾡﾢ",
    "こんにちは世界", "カタカナ", "ｶﾀｶﾅ ﾊﾞ", "がぎぐ", "か\u3099き\u3099", "ー々〆", "日本語のテスト。", "㍻ ㍿", "ヷ",
    "你好，世界！", "今天天气很好。", "河边的桥很旧。", "我在图书馆看书", "她说：“你好。”", "《红楼梦》", "「引用」", "中文 English 混合 text",
    "共３個", "１２３ＡＢＣ", "ＡＢＣ　ａｂｃ", "哈哈", "哈哈哈", "哈哈哈哈", "哈哈哈哈哈", "哈哈哈哈哈哈哈哈哈", "的的的", "。。。", "！！！！", "……", "——",
    "𠀀𠮷𡃁", "吉𠮷野家", "㐀㐁", "豈更車", "\U0002f800\U0002f81a", "\U0002a6df\U0002a700", "\U0002b820 \U0002b91f \U0002b920", "\U0002ceaf", "龥鿿", "〇", "⺀⼀", "〡〢", "𪚥", "囍",
    "😀", "😀😃😄", "I 😀 you", "👍🏽", "👨‍👩‍👧‍👦", "👩🏽‍🚀", "🏳️‍🌈", "🇩🇪🇫🇷", "❤️", "☺︎", "1️⃣", "©®™", "™", "℠ ℃ ℉ Å K Ω", "∑∫√∞≠≤", "→⇒↔",
    "ﬁ ﬂ ﬀ ﬃ ﬅ", "ﬁsh", "oﬃce", "ĳ Ĳ", "ſ ſt", "ª º", "µ μ", "… ‥ ․", "‘a’ “b” „c‟", "a–b—c―d", "a‐b‑c", "•·∙", "‰ ‱ †‡", "§ ¶", "¿Qué? ¡No!", "~～〜", "a～b", "¨ ˜ ´ ¯",
    "𝓗𝓮𝓵𝓵𝓸", "𝐀𝐁 𝒜 𝔸", "ℌℑ", "𐐀𐐨", "𐍈", "𓀀", "𝄞", "\U0001d15e\U0001d160", "𒀀", "🀄🂡", "\U0001f9ff", "\U000e0041\U000e007f", "\U000e0101",
    "soft\u00adhyphen", "zero\u200bwidth", "zwj\u200dx", "zwnj\u200cx", "word\u2060joiner", "bom\ufeffinside", "\ufeffbom", "a\ufffdb", "\ufffd\ufffd", "a\x00b", "\x00a\x00", "bell\x07", "a\x7fb", "a\x85b", "a\x0bb\x0cc", "\x1b[31mred\x1b[0m", "\x1c\x1d", "a\x1cb", "\u180e", "a\u180eb", "\u061c\u200e\u200f", "\u2028a\u2029b", "\ufff9a\ufffab\ufffb", "\u034f",
    "a b", "a  b", "a   b", "a    b", "a\tb", "a\t\tb", "a\nb", "a\n\nb", "a \n b", "a\r\nb", "a\rb", "a \t\n b", "a\u00a0b", "a \u00a0 b", "\u00a0a\u00a0", "a\u2009b\u200ac", "a\u3000b", "a\u3000\u3000b", "a\u1680b", "a\u205fb\u202fc", "a\ufeff b", " \ufeff ", "a\x85 b", " \x85 a", "a \u200b b", "\u200b \u200b", "x" + " " * 17 + "y", "\t" * 9 + "z", "\n" * 7, "z" + "\n" * 5, " " * 8 + "x", " \n \n x ",
    "a" * 3, "a" * 4, "a" * 5, "a" * 6, "a" * 7, "a" * 8, "aab aaab baaab", "a" * 50, "a" * 99, "a" * 100, "a" * 101, "a" * 201, "b" * 150 + " end", "the" * 40, "x" * 600, "é" * 100, "e\u0301" * 60, "😀" * 101, "好" * 120, "가" * 34, "가" * 51, "-" * 2, "-" * 3, "-" * 4, "-" * 5, "-" * 80, "=" * 6, "=" * 33, "_" * 10, "." * 3, "." * 4, "." * 11, "!" * 5, "?!?!", "*" * 20, "~" * 9, "#" * 7, "a-" * 30, "ab" * 60, "9" * 40, "0" * 101,
    *(prefix + char * count for char in "oltrsbe" for prefix in ("", "the c", "zh1 Xyn") for count in (3, 5, 6)),
    "antidisestablishmentarianism", "pneumonoultramicroscopicsilicovolcanoconiosis", "Donaudampfschifffahrtsgesellschaft", "McDonald's", "U.S.A.", "e.g., i.e.", "Mr. O'Neil-Smith Jr.", "rock'n'roll", "a/b/c", "and/or", "x=y+z", "C++ C# F#", "$x^2$", "`code`", "a|b", "(a) [b] {c}", "\"quoted\"", "''", "\"\"", "`", "^", "$", "|", "\\", "A. B. C.", "thECaSe", "iPhone XS", "HELLO WORLD", "hello world", "Hello World",
    "\U00040000\U000dffff", "\ufdd0\ufdef", "\U0001fffe\U0010ffff", "\ue000\uf8ff", "\U000f0000\U0010fffd", "a\ue000b", "\u0378\u0379", "\u2e43\u2e4f\u2e5d", "a\u2e52b", "\u08d4\u0bcd", "x\u1ab0\u1abf\u1ac0", "x\u1df9y", "\U0001e130\U0001e944", "\u166d", "a\u166db", "\U000111c9", "\U00011938", "\u061d\u09fd", "\u0e3f\u17db", "\u302e\u302f", "\u1d2c\u02b0", "\u2160\u2188", "\u1369", "\u0f20\u0f33",
]

# first and last code point; unassigned ones are not drawn, so that a newer Unicode changes no expected id
BLOCKS = [
    (0x20, 0x7E), (0x20, 0x7E), (0x61, 0x7A), (0x61, 0x7A), (0xA0, 0xFF), (0x100, 0x24F), (0x250, 0x2FF), (0x300, 0x36F),
    (0x370, 0x3FF), (0x400, 0x52F), (0x590, 0x5FF), (0x600, 0x6FF), (0x900, 0x97F), (0xE00, 0xE7F), (0xF00, 0xFFF),
    (0x10A0, 0x10FF), (0x1100, 0x11FF), (0x1200, 0x137F), (0x1780, 0x17FF), (0x1800, 0x18AF), (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF), (0x1E00, 0x1EFF), (0x1F00, 0x1FFF), (0x2000, 0x206F), (0x2070, 0x209F), (0x20A0, 0x20FF),
    (0x2100, 0x218F), (0x2190, 0x23FF), (0x2460, 0x24FF), (0x2500, 0x27BF), (0x2E00, 0x2E7F), (0x3000, 0x30FF),
    (0x3130, 0x33FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x4E00, 0x9FFF), (0xA640, 0xA6FF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF),
    (0xFB00, 0xFDFF), (0xFE00, 0xFE6F), (0xFE70, 0xFEFF), (0xFF00, 0xFFEF), (0x10000, 0x1047F), (0x11000, 0x11FFF),
    (0x1D100, 0x1D24F), (0x1D400, 0x1D7FF), (0x1E000, 0x1E95F), (0x1F100, 0x1F2FF), (0x1F300, 0x1FAFF), (0x20000, 0x2A6DF),
    (0x2A700, 0x2CEA1), (0x2F800, 0x2FA1D), (0x0, 0x10FFFF), (0x0, 0xFFFF),
]  # fmt: skip
ODD = [*range(0x20), *range(0x7F, 0xA1), 0xAD, 0x34F, 0x61C, 0x180E, *range(0x200B, 0x2010), 0x2028, 0x2029, 0x2060, 0xFEFF, 0xFFFD,
       0xE000, 0xFDD0, 0xFFFE, 0xFFFF, 0x40000, 0x7ABCD, 0xDFFFF, 0xE0001, 0xE0020, 0xE01EF, 0xF0000, 0x10FFFD]  # fmt: skip
WORDS = "the cat river bridge Yes No answer question it's café 你好 的 桥 123 don't Σ İ ß ﬁ ... -- 😀 가 が".split()


def drawn(count, seed):
    """Random strings of one to four blocks, mixed with words, runs, odd characters and white space."""
    rng = random.Random(seed)
    texts = []
    while len(texts) < count:
        blocks = rng.sample(BLOCKS, rng.randint(1, 4))
        parts = []
        for _ in range(rng.randint(1, 30)):
            draw = rng.random()
            if draw < 0.6:
                first, last = rng.choice(blocks)
                code = rng.randint(first, last)
                if 0xD800 <= code < 0xE000 or unicodedata.category(chr(code)) == "Cn":
                    continue
                parts.append(chr(code) * (rng.randint(2, 6) if rng.random() < 0.08 else 1))
            elif draw < 0.7:
                parts.append(rng.choice([" ", "  ", "\n", "\t", "\u00a0", "\u3000", " \n "]))
            elif draw < 0.8:
                parts.append(chr(rng.choice(ODD)))
            else:
                parts.append(rng.choice(["", " "]) + rng.choice(WORDS))
        texts.append("".join(parts))
    return texts


def corpus():
    texts = list(dict.fromkeys(HAND + drawn(450, seed=20240613)))
    texts += [unicodedata.normalize(form, text) for form in ("NFD", "NFC") for text in HAND[90:240] if unicodedata.normalize(form, text) not in texts]
    return list(dict.fromkeys(texts))
