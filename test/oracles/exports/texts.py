"""Our own sentences: the corpus that the small tokenizers are trained on, and the questions that every model answers."""

CORPUS = """
The bridge over the river is old, and the road to the bridge is new.
The cat sat on the mat and slept. The dog ran to the river and drank the cold water.
Is the bridge old? Answer: Yes. Is the road closed? Answer: No. Perhaps it is not closed at all.
A small boat is on the lake. The small red boat is on the river near the bridge.
The name of the river is Blue Water. This is the name of the lake: Green Water.
The word (yes) is short. The word (no) is shorter. The word (perhaps) is long.
She said that the catfish in the lake are small and grey. He said that the dog is not small.
The animal is grey, she said. The animal is small and brown, he said. The cat is grey; the dog is brown.
In Zürich the café is open; in Genève the café is closed. The naïve question has a short answer.
It rained all night, so the river rose and the fields along the road were wet in the morning.
The farmers walked to the old bridge, looked at the water and decided to wait until noon.
By the evening the rain had stopped, the boats were back, and the children were playing on the road again.
What did the farmers do? They waited. Where did they wait? They waited at the bridge.
The library is open today. The book on the table is about rivers, lakes and boats.
My sister reads a book about the sea. Her brother writes a letter to the library in town.
Is the lake deep? Yes, the lake is deep. No, the lake is not deep. Not at all, the water is low.
The train to the town was late, and the people at the station talked about the weather.
The old man sold bread and milk. The young woman bought bread, milk and a red apple.
The first question is easy; the second question is hard; the third question has no answer.
If it rains, the road is wet. If the road is wet, the bus is late. It rained today, so the bus is late.
The house on the hill has a green door. The house near the station has a blue door and a small garden.
"""

LONG = (
    "It rained all night, so the river rose. The farmers walked to the old bridge, looked at the water and decided to wait until noon. "
    "Where did they wait? They waited at the [MASK], and the children were playing on the road again."
)

# (text, answers): the blank at the end, in the middle, at the very beginning, before punctuation, without a space before it,
# in a long text, among characters that few vocabularies have
QUESTIONS = [
    ("The boat is on the [MASK]", ["river", "lake", "table in the library"]),
    ("The [MASK] sat on the mat and slept.", ["cat", "dog", "small grey catfish"]),
    ("[MASK] is the name of the river.", ["This", "Blue Water"]),
    ("Is the bridge old? Answer: [MASK].", ["Yes", "No", "Not at all"]),
    ("The word ([MASK]) is short.", ["yes", "no", "perhaps"]),
    (LONG, ["bridge", "station", "unfinished roadside shelter"]),
    ("In Zürich the café of Zoë (你好 🙂) is [MASK], naïve señor.", ["open", "closed", "brûlée"]),
]
# what stands for special tokens elsewhere is plain text here
MARKUP = ("The tags [SEP] and </s> and <|endoftext|> mean [MASK] here.", ["nothing", "the end", "yes"])
# the segments A and B of masked models: the blank within B, at its beginning, and in A
SEGMENTS = [
    ("The cat is grey. || The animal is [MASK], she said.", ["grey", "brown", "not brown at all"]),
    ("Is the lake deep? || [MASK], the water is low.", ["Yes", "No", "Not today"]),
    ("The dog is [MASK]. || The animal is brown.", ["brown", "grey and small"]),
]
