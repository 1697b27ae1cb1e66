"""Words that name COCO's 80 objects, and phrases that only seem to: data of `train.scoring.objects`.

The idea is the synonym list of Rohrbach et al. 2018 (arXiv 1809.02156); this table is written anew in the same sense. Names
are in the singular, plurals are made by rule. Left out are words that as often mean something else: glass,
plant, bat, computer, and games that are called after their ball.
"""

from train.scoring.person_words import PEOPLE

SYNONYMS: dict[str, str] = {
    "person": PEOPLE,
    "bicycle": "bicycle, bike, tricycle, police bike",
    "car": "car, automobile, suv, sedan, taxi, cab, minivan, van, jeep, limo, limousine, hatchback, convertible, "
    "police car, police van",
    "motorcycle": "motorcycle, motorbike, moped, scooter, dirt bike, motor bike, motor cycle, motor scooter, dirtbike, vespa, "
    "police motorcycle",
    "airplane": "airplane, plane, aeroplane, aircraft, jet, jetliner, airliner, biplane, air plane, passenger jet, jet plane, "
    "passenger plane, seaplane, fighter jet, airbus",
    "bus": "bus, minibus, trolley bus, double decker, school bus, tour bus, passenger bus, coach bus",
    "train": "train, locomotive, tram, streetcar, trolley, subway train, passenger train, steam engine, train car, rail car, "
    "railcar, train engine, freight train, bullet train, train coach, monorail, caboose, "
    "subway car, street car, box car, boxcar, railroad car, trolley car, tram car, freight car, metro car, passenger car",
    "truck": "truck, pickup, lorry, firetruck, fire truck, fire engine, dump truck, tow truck, pick up truck, "
    "tractor trailer, pickup truck, food truck, truck bed, police truck",
    "boat": "boat, ship, sailboat, canoe, kayak, ferry, yacht, rowboat, raft, gondola, speedboat, motorboat, tugboat, barge, "
    "catamaran, dinghy, vessel, sail boat, row boat, cruise ship, houseboat, police boat",
    "traffic light": "traffic light, traffic signal, stoplight, stop light, traffic lamp",
    "fire hydrant": "fire hydrant, hydrant, fire plug, fireplug",
    "stop sign": "stop sign, stopsign",
    "parking meter": "parking meter",
    "bench": "bench, park bench, pew",
    "bird": "bird, pigeon, seagull, gull, duck, duckling, goose, gosling, swan, parrot, owl, eagle, hawk, chick, hen, rooster, "
    "peacock, pelican, ostrich, flamingo, penguin, crow, sparrow, heron, parakeet, falcon, hummingbird, robin, cockatoo, "
    "vulture, dove, stork, mallard, pheasant, cormorant, finch, woodpecker, raven, egret, macaw, bluebird",
    "cat": "cat, kitten, kitty, tabby, feline, house cat",
    "dog": "dog, puppy, pup, poodle, terrier, bulldog, retriever, golden retriever, labrador, dachshund, collie, hound, "
    "greyhound, husky, dalmatian, pug, chihuahua, beagle, canine, doggy, doggie, spaniel, mutt, sheepdog, pooch, rottweiler, "
    "german shepherd, corgi, police dog, pit bull, sheep dog, schnauzer, "
    "bull terrier, pit bull terrier, bull dog, bull mastiff, doberman, boxer dog, boxer puppy, guide dog, guard dog",
    "horse": "horse, police horse, pony, foal, colt, mare, stallion, bronco, equine",
    "sheep": "sheep, lamb, ewe",
    "cow": "cow, bull, cattle, calf, ox, bison, heifer, bovine, longhorn",
    "elephant": "elephant, pachyderm",
    "bear": "bear, polar bear, grizzly, panda, brown bear, black bear, grizzly bear, panda bear, bear cub",
    "zebra": "zebra",
    "giraffe": "giraffe",
    "backpack": "backpack, knapsack, rucksack, back pack, book bag, bookbag",
    "umbrella": "umbrella, parasol",
    "handbag": "handbag, purse, hand bag, tote, tote bag, shoulder bag",
    "tie": "tie, necktie, bow tie, bowtie, neck tie",
    "suitcase": "suitcase, luggage, briefcase, suit case, baggage, brief case",
    "frisbee": "frisbee, flying disc, flying disk, frisby, frizbee",
    "skis": "ski",
    "snowboard": "snowboard, snow board",
    "sports ball": "ball, soccerball, golfball",
    "kite": "kite, parasail",
    "baseball bat": "baseball bat",
    "baseball glove": "baseball glove, baseball mitt, catcher 's mitt, mitt, catchers mitt",
    "skateboard": "skateboard, skate board, longboard",
    "surfboard": "surfboard, surf board, boogie board, bodyboard, paddleboard, paddle board, body board, wakeboard",
    "tennis racket": "tennis racket, tennis racquet, racket, racquet, raquet, tennis raquet",
    "bottle": "bottle, beer bottle, wine bottle, water bottle",
    "wine glass": "wine glass, wineglass, glass of wine, glass of red wine, glass of white wine, goblet, champagne glass, champagne flute",
    "cup": "cup, mug, teacup",
    "fork": "fork",
    "knife": "knife, pocketknife, steak knife",
    "spoon": "spoon, teaspoon, ladle",
    "bowl": "bowl",
    "banana": "banana, plantain",
    "apple": "apple, granny smith apple",
    "sandwich": "sandwich, burger, hamburger, cheeseburger, panini, sub sandwich, hoagie, grilled cheese, blt",
    "orange": "orange, tangerine, clementine, orange slice",
    "broccoli": "broccoli, brocolli",
    "carrot": "carrot, carrot stick, baby carrot",
    "hot dog": "hot dog, hotdog, frankfurter, chili dog, corn dog",
    "pizza": "pizza, calzone",
    "donut": "donut, doughnut",
    "cake": "cake, cupcake, cheesecake, shortcake, cup cake, carrot cake",
    "chair": "chair, stool, armchair, recliner, lawn chair, wheelchair, barstool, arm chair, high chair, highchair, "
    "rocking chair, office chair, beach chair, bar stool, deck chair, barber chair, baby chair",
    "couch": "couch, sofa, loveseat, love seat, futon, settee",
    "potted plant": "potted plant, houseplant, potted flower, potted tree, house plant, plant in a pot, plant pot, flower pot",
    "bed": "bed, bunk bed, twin bed, bunkbed, mattress",
    "dining table": "table, dining table, coffee table, kitchen table, picnic table, dinner table, side table, desk, "
    "dining room table, end table, table top, tabletop",
    "toilet": "toilet, urinal, commode, toilet seat, toilet bowl, toilet lid, potty",
    "tv": "tv, television, tv set, television set, tv screen, television screen, flat screen, flatscreen, monitor, "
    "computer monitor, computer screen, flat screen tv, t v",
    "laptop": "laptop, notebook computer, laptop computer, macbook, netbook, apple laptop",
    "mouse": "mouse, computer mouse",
    "remote": "remote, remote control, wii remote, game controller, wii controller, wiimote, controller, tv remote",
    "keyboard": "keyboard, computer keyboard, key board",
    "cell phone": "cell phone, cellphone, mobile phone, phone, smartphone, iphone, smart phone, telephone, cellular phone",
    "microwave": "microwave, microwave oven",
    "oven": "oven, stove, stovetop, stove top, cooktop, cook top, toaster oven",
    "toaster": "toaster",
    "sink": "sink, washbasin, wash basin, basin, kitchen sink, bathroom sink",
    "refrigerator": "refrigerator, fridge, freezer",
    "book": "book, textbook, cookbook, cook book, guide book, paperback",
    "clock": "clock",
    "vase": "vase, flower vase",
    "scissors": "scissors, shears",
    "teddy bear": "teddy bear, teddy, stuffed bear, toy bear, stuffed teddy bear, plush bear, teddybear",
    "hair drier": "hair dryer, hair drier, blow dryer, hairdryer, blow drier, blowdryer",
    "toothbrush": "toothbrush, tooth brush, electric toothbrush",
}
"""COCO's name -> words and phrases for it."""

TRAPS = (
    "train track, train station, train platform, train rail, train yard, train bridge, to train, bus stop, bus station, "
    "bus shelter, bus depot, bus terminal, bus lane, car park, car seat, cable car, boat house, boat dock, boat ramp, "
    "dog house, dog food, dog bed, dog park, dog collar, dog leash, cat food, horse shoe, bird house, bird bath, bird cage, "
    "bird feeder, duck tape, rubber duck, robin hood, bike rack, bike path, bike lane, bike trail, bike helmet, bicycle rack, "
    "bicycle path, bicycle lane, bicycle helmet, motorcycle helmet, scooter helmet, jet ski, jet black, jet stream, "
    "ball gown, ball room, ball game, ball field, ball cap, ball park, disco ball, to tie, tie dye, "
    "tie dyed, railroad tie, ski slope, ski lift, ski resort, ski jump, ski pole, ski run, ski trail, ski jacket, ski goggles, "
    "ski suit, ski mask, ski area, ski boot, ski gear, ski hill, ski course, ski track, ski chair lift, chair lift, "
    "skateboard park, skateboard ramp, skate bowl, super bowl, kite surfing, kite board, apple juice, apple tree, apple sauce, "
    "apple computer, banana tree, banana leaf, banana bread, orange juice, orange tree, pizza box, pizza oven, pizza cutter, "
    "pizza pan, pizza parlor, pizza place, pizza shop, cake stand, cake pan, cake batter, pancake batter, donut shop, "
    "doughnut shop, world cup, cup holder, bottle opener, bottle cap, table cloth, table tennis, table lamp, bed of, bed room, "
    "bed spread, bed sheet, flower bed, river bed, toilet paper, toilet brush, toilet tissue, tv show, television show, "
    "tv stand, television stand, laptop bag, laptop case, mouse pad, mickey mouse, phone booth, telephone booth, phone pole, "
    "telephone pole, telephone line, telephone wire, oven mitt, oven glove, remote controlled, remote area, book shelf, "
    "book case, book store, umbrella stand, luggage cart, luggage rack, luggage trolley, luggage carousel, baggage claim, "
    "baggage cart, baggage carousel, jet skiing, jet skied, jet skies, gummy bear, head phone, ear phone, "
    "space ship, air ship, gravy boat, saw horse, rocking horse, cake mix, muffin batter, granny smith"
)
"""Phrases that hold a word of the table and say none of its objects."""

MORE_ANIMALS = (
    "animal, creature, monkey, ape, gorilla, chimpanzee, chimp, orangutan, baboon, lemur, goat, pig, piglet, hog, boar, deer, elk, "
    "reindeer, caribou, yak, lion, lioness, tiger, leopard, cheetah, jaguar, panther, puma, cougar, hyena, lynx, bobcat, fox, wolf, "
    "coyote, seal, sea lion, walrus, otter, sea otter, beaver, whale, pilot whale, dolphin, orca, shark, fish, cat fish, turtle, "
    "sea turtle, tortoise, lizard, monitor lizard, iguana, snake, frog, bull frog, toad, alligator, crocodile, rabbit, bunny, hare, "
    "donkey, mule, burro, llama, alpaca, camel, antelope, gazelle, wildebeest, impala, moose, buffalo, rhino, rhinoceros, hippo, "
    "hippopotamus, warthog, kangaroo, wallaby, koala, koala bear, wombat, squirrel, chipmunk, prairie dog, raccoon, skunk, badger, "
    "weasel, ferret, meerkat, mongoose, hedgehog, porcupine, hamster, guinea pig, rat, sloth, chicken, turkey, dinosaur, cub"
)
"""Animals that are none of the objects: what is said of their age or sex is said of no person."""
BALL_GAMES = frozenset(("football", "basketball", "baseball", "volleyball", "softball"))
"""Words for a ball, and as often for its game."""
_OF_A_GAME = (
    "game games match field fields court courts stadium diamond park uniform uniforms jersey jerseys outfit outfits helmet helmets "
    "cap caps hat hats shirt shirts gear hoop net cleats practice season league tournament card cards goal goals"
)
OF_A_GAME = frozenset(_OF_A_GAME.split())
"""Words before which they are the game's."""
