"""Made-up people. Any likeness is chance."""

GIVEN_NAMES = """
Ada Agnė Aisha Aleksandra Amara Amir Andrius Anika Arturas Asta Beatrice Benas Birutė Carlos Chidi Daiva Daniel Darius
David Deniz Diana Dovilė Edita Egidijus Elena Eleni Emil Emma Erika Ewa Farid Fatima Finn Gabija Giedrė Gintaras Grace
Greta Hana Hassan Helga Henrik Ieva Ignas Ines Irena Isabel Ivan Jamal Jana Jelena Jokūbas Jolanta Julia Justas Kaito
Kamila Karolis Katya Kristina Kwame Laila Lara Laura Leon Lin Linas Lucia Lukas Maja Malik Marco Margarita Marius
Marta Mateo Mei Milda Mindaugas Mira Mohan Monika Nadia Naomi Natalia Nikos Nina Noah Nojus Olga Omar Oskar Paulius
Pedro Petra Priya Rasa Rimantas Rita Robert Rosa Rūta Samir Sara Saulius Silvia Simona Sofia Sven Tadas Tariq Tatjana
Teresa Thomas Tomas Uma Ugnė Valdas Vera Viktor Vilma Violeta Wei Yara Yusuf Zara Zofia Žilvinas
""".split()

FAMILY_NAMES = """
Abara Adler Almeida Andersen Aukštuolis Bakker Balčytis Barros Beržas Bianchi Brandt Çelik Chen Costa Dagytė Dahl
Diallo Dubois Duarte Egle Eriksen Farkas Ferreira Fischer Gabrys Garcia Gintaraitis Girėnas Greene Gudaitis Haas
Haddad Hansen Horvat Hughes Ibrahim Ivanova Jankus Jensen Jovanova Juodis Kaplan Karvelis Kaur Keller Khan Kimura
Klein Kovač Krasauskas Kruger Laine Larsson Laurinavičius Lepa Lindgren Lopes Mahmoud Malinauskas Mancini Marin Mazur
Mensah Meyer Miškinis Molina Moreau Murphy Nair Navikas Nguyen Novak Nowak Oakley Okeke Olsen Ozola Paukštys Patel
Pereira Petrova Pilkauskas Popescu Quinn Radvila Raman Rimkus Romano Rossi Sakalas Salem Sato Schmitt Silva Sokolova
Stankevič Suzuki Šimkus Tamm Toth Tran Urbonas Vaitkus Varga Vasara Vilkaitis Virtanen Walsh Weber Wójcik Yilmaz Zhang
Zieliński Žemaitis Žukauskas
""".split()
